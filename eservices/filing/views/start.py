"""Before a request: what it needs, whether it is open."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views import View

from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.filing import access, openings, services
from eservices.formdefs import engine


class StartView(View):
    """What the request needs, before anything is asked; then the button that begins it."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        eservice = self._eservice(slug)
        return self._page(request, eservice)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        eservice = self._eservice(slug)
        try:
            draft = services.begin(
                eservice, owner=access.account(request), language=get_language() or "fr"
            )
        except EServiceClosed:
            return self._page(request, eservice, status=409)
        first = engine.steps(catalog.compiled(draft.version), {})[0]
        response = redirect("filing:step", draft.pk, first.key)
        if "shared" in request.POST:
            access.share(request, response)
            access.stay(request, response, draft.pk)
        if draft.owner_id is None:  # an account finds its own; signing out must close the door
            access.hold(request, response, draft.pk)
        return response

    def _eservice(self, slug: str) -> EService:
        return get_object_or_404(EService.objects.select_related("current"), slug=slug)

    def _page(self, request: HttpRequest, eservice: EService, status: int = 200) -> HttpResponse:
        spec = catalog.compiled(eservice.current) if eservice.current else None
        context = {
            "eservice": eservice,
            "opening": openings.opening(eservice),
            "steps": engine.steps(spec, {}) if spec else [],
            "pieces": engine.all_pieces(spec) if spec else [],
            "person": access.account(request),
            "is_shared": access.is_shared(request),
        }
        return render(request, "filing/start.html", context, status=status)
