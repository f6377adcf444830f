"""What sittings decided, searched and followed until it is carried out."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from eservices.backoffice.sittingforms import ExecutionForm, SearchForm
from eservices.backoffice.views.base import AgentView
from eservices.sittings import archive, services
from eservices.sittings.errors import SittingError
from eservices.sittings.models import Sitting

PER_PAGE = 50


class FollowUpView(AgentView):
    """The decisions of the sittings one prepares or sits in; how far they are carried out."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = SearchForm(request.GET)
        found = archive.decisions(self.agent.user, form.wanted())
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page", "1"))
        query = request.GET.copy()
        query.pop("page", None)
        prepared = Sitting.objects.prepared_by(self.agent.user)
        context = {
            "items": page,
            "search": form,
            "form": ExecutionForm(),
            "query": query.urlencode(),
            "prepared": set(prepared.values_list("pk", flat=True)),
            "nav": "sittings",
        }
        status = 200 if form.is_valid() else 422
        return self.page("backoffice/sittings/follow_up.html", context, status)

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("item", "")
        wanted = int(number) if number.isdecimal() and len(number) < 12 else 0
        found = archive.decisions(self.agent.user, archive.Search())
        item = found.filter(pk=wanted).first()
        if item is None:
            raise Http404
        state, note = request.POST.get("state", ""), request.POST.get("note", "")
        try:
            services.set_execution(item, actor=self.agent.user, state=state, note=note)
        except SittingError as exc:
            messages.error(request, str(exc))
        query = request.GET.urlencode()
        address = reverse("backoffice:follow_up")
        return redirect(f"{address}?{query}#decision-{item.pk}" if query else address)
