"""Files for spreadsheets: ordered, followed, fetched; and figures that come by mail."""

from django.contrib import messages
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.filters import Filters
from eservices.backoffice.models import Content, ExportStatus, FiguresPlan, Format, Rhythm
from eservices.backoffice.services import exports
from eservices.backoffice.sheets import TYPES
from eservices.backoffice.views.base import AgentView
from eservices.figures.periods import Period
from portal.core.errors import PortalError
from portal.core.private_files import safe_response

SHOWN = 20


class ExportsView(AgentView):
    """My files, those being made first; and the order of a new one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = list(self.agent.user.exports.all()[:SHOWN])
        context = {
            "rows": rows,
            "is_waiting": any(row.status in exports.UNFINISHED for row in rows),
            "formats": Format.choices,
            "query": Filters.read(request.GET).query(),
            "period": Period.read(request.GET, self.agent.time_zone),
            "rhythms": Rhythm.choices,
            "plan": FiguresPlan.objects.filter(owner=self.agent.user).first(),
            "nav": "exports",
        }
        return self.page("backoffice/exports.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        content = request.POST.get("content", "")
        given = QueryDict(request.POST.get("query", "")[:1000])
        listed = query = Filters.read(given).query()
        if content == Content.FIGURES:
            query = Period.read(request.POST, self.agent.time_zone).query
        try:
            exports.order(
                owner=self.agent.user,
                content=content,
                format=request.POST.get("format", ""),
                query=query,
            )
        except PortalError as exc:
            messages.error(request, str(exc))
        else:
            messages.success(request, _("Your file is being made: it appears below."))
        # The same list may be wanted in another format.
        return redirect(f"{reverse('backoffice:exports')}?{listed}")


class PlanView(AgentView):
    """Receive the figures by mail, or no longer."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.agent.is_chief:
            raise Http404
        rhythm = request.POST.get("rhythm", "")
        try:
            exports.plan(
                owner=self.agent.user, rhythm=rhythm, format=request.POST.get("format", "")
            )
        except PortalError as exc:
            messages.error(request, str(exc))
        else:
            text = _("The figures will come by mail.") if rhythm else _("No more figures by mail.")
            messages.success(request, text)
        return redirect("backoffice:exports")


class ExportFileView(AgentView):
    """Fetch a file of one's own while it is kept."""

    def get(self, request: HttpRequest, key: str) -> HttpResponseBase:
        export = get_object_or_404(self.agent.user.exports, key=key)
        until = export.expires_at if export.status == ExportStatus.READY else None
        if until is None or until < timezone.now() or not storages["private"].exists(export.file):
            messages.warning(request, _("This file is not kept any more: ask for it again."))
            return redirect("backoffice:exports")
        name = f"{export.get_content_display()} {export.created_at:%Y-%m-%d}.{export.format}"
        return safe_response(
            storages["private"].open(export.file),
            name=name,
            content_type=TYPES[export.format],
            inline=False,
        )
