"""Sending what is owed after a decision: a report, a stamped order, a proof."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from eservices.attachments.errors import UploadRefused
from eservices.duties import services
from eservices.filing.views.tracking import CaseView


class DutyView(CaseView):
    """The files of one thing owed, sent from the page of the request."""

    def post(self, request: HttpRequest, reference: str, key: str) -> HttpResponse:
        duty = self.case.duties.owed().filter(key=key).first()
        if duty is None:
            raise Http404
        duty.case = self.case
        try:
            services.send(duty, request.FILES.getlist("files"))
        except (services.DutyRefused, UploadRefused) as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, _("Sent. The office reads it; you have nothing more to do."))
        return self.back()
