"""Before a request: what it needs, whether it is open."""

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views import View

from eservices.catalog import local
from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService, EServiceVersion
from eservices.filing import access, blank, openings, services
from eservices.filing.models import Draft
from eservices.formdefs import engine, standing
from eservices.formdefs.schemas import form_schema
from portal.accounts.models import Office


def _published(slug: str) -> EServiceVersion:
    """Return what is published under this short name, or answer 404."""
    published = EService.objects.select_related("current__eservice").exclude(current=None)
    version = get_object_or_404(published, slug=slug).current
    assert version is not None
    return version


class SchemaView(View):
    """The JSON Schema of the answers, for programs that prepare them elsewhere; the same for all."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        version = _published(slug)
        found = form_schema(catalog.compiled(version), get_language() or "fr")
        identity = {"$id": request.build_absolute_uri(), "x-version": version.number}
        response = JsonResponse(identity | found, json_dumps_params={"ensure_ascii": False})
        response["Content-Type"] = "application/schema+json; charset=utf-8"
        response["Access-Control-Allow-Origin"] = "*"  # nothing of anybody is in it
        return response


class BlankView(View):
    """The form to print and fill in by hand; the same for everybody."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        version = _published(slug)
        eservice, spec = version.eservice, catalog.compiled(version)
        context = {
            "eservice": eservice,
            "version": version,
            "steps": blank.steps(spec),
            "pieces": blank.pieces(spec),
            "declaration": spec.text("declaration"),
        }
        return render(request, "filing/blank.html", context)


class StartView(View):
    """What the request needs, before anything is asked; then the button that begins it."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        eservice = self._eservice(slug)
        return self._page(request, eservice)

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        eservice = self._eservice(slug)
        counters = self._counters(eservice)
        office = next((o for o in counters if o.code == request.POST.get("lieu")), None)
        test = self._test(eservice, request.POST)
        if test is not None and not (test.is_valid() and not test.wants_more()):
            status = 200 if test.wants_more() else 422
            return self._page(request, eservice, status=status, test=test)
        if counters and office is None:
            return self._page(request, eservice, status=422, test=test)
        try:
            draft = services.begin(
                eservice,
                owner=access.account(request),
                language=get_language() or "fr",
                office=office,
            )
        except EServiceClosed:
            return self._page(request, eservice, status=409)
        spec = services.compiled(draft)
        if test is not None and test.step is not None:
            services.save_step(draft, step=test.step.key, answers=test.answers(), is_done=True)
        shown = engine.steps(spec, draft.answers)
        first = next((one for one in shown if one.key not in draft.steps_done), shown[0])
        response = redirect("filing:step", draft.pk, first.key)
        if draft.owner_id is not None:  # what is known of the account is offered first
            response = redirect("filing:reuse", draft.pk)
        if "shared" in request.POST:
            access.share(request, response)
            access.stay(request, response)
        if draft.owner_id is None:  # an account finds its own; signing out must close the door
            access.hold(request, response, draft.pk)
        return response

    def _eservice(self, slug: str) -> EService:
        return get_object_or_404(EService.objects.select_related("current"), slug=slug)

    def _counters(self, eservice: EService) -> list[Office]:
        return local.counters(eservice.current) if eservice.current else []

    def _begun(self, request: HttpRequest, eservice: EService) -> list[Draft]:
        """Return what this browser, or this account, began of this service and did not send."""
        keys, person = access.keys(request), access.account(request)
        if not keys and person is None:
            return []
        held = Draft.objects.for_holder(person, keys, access.proven(request))
        return list(held.filter(eservice=eservice).exclude(answers={}).order_by("-saved_at")[:3])

    def _test(self, eservice: EService, data: QueryDict | None) -> engine.StepForm | None:
        """Return the questions that tell whether this service is for this person, if it has some."""
        spec = catalog.compiled(eservice.current) if eservice.current else None
        if spec is None or not spec.steps[0].is_eligibility:
            return None
        return engine.form_for(spec, spec.steps[0].key, {}, language=get_language(), data=data)

    def _page(
        self,
        request: HttpRequest,
        eservice: EService,
        status: int = 200,
        test: engine.StepForm | None = None,
    ) -> HttpResponse:
        spec = catalog.compiled(eservice.current) if eservice.current else None
        counters = self._counters(eservice)
        wanted = request.POST.get("lieu") or request.GET.get("lieu", "")
        office = next((one for one in counters if one.code == wanted), None)
        fees = local.fees_at(eservice.current, office) if eservice.current and office else {}
        context = {
            "counters": counters,
            "counter": office,
            "misses_counter": request.method == "POST" and bool(counters) and office is None,
            "price": eservice.price_text(get_language(), fees),
            "own_fees": local.fees_in_words(eservice.current, fees) if eservice.current else [],
            "eservice": eservice,
            "opening": openings.opening_for(eservice, access.account(request)),
            "steps": engine.steps(spec, {}) if spec else [],
            "pieces": engine.all_pieces(spec) if spec else [],
            "is_internal": spec is not None and spec.source.get("audience") == "agents",
            "is_personal": spec is not None and standing.is_personal(spec.source),
            "person": access.account(request),
            "begun": self._begun(request, eservice),
            "can_help": services.accreditation_of(access.account(request)) is not None,
            "test": test or self._test(eservice, None),
            "is_refused": status == 422 and test is not None and _is_refused(test),
            "is_shared": access.is_shared(request),
        }
        with timezone.override(eservice.time_zone):
            return render(request, "filing/start.html", context, status=status)


def _is_refused(test: engine.StepForm) -> bool:
    """Whether what was answered says no; a question left empty does not."""
    answered = {name.partition(".")[0] for name, value in test.data.items() if value}
    return any(name in answered or name == NON_FIELD_ERRORS for name in test.errors)
