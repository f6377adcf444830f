"""One request being written: steps, pieces, check, send. Every page works without JavaScript."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import Attachment
from eservices.cases.errors import NoOffice
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.filing import access, progress, services
from eservices.filing.errors import NotReady
from eservices.filing.models import Draft
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec


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
        if draft.owner_id is None:  # an account finds its own; signing out must close the door
            access.hold(request, response, draft.pk)
        return response

    def _eservice(self, slug: str) -> EService:
        return get_object_or_404(EService.objects.select_related("current"), slug=slug)

    def _page(self, request: HttpRequest, eservice: EService, status: int = 200) -> HttpResponse:
        spec = catalog.compiled(eservice.current) if eservice.current else None
        context = {
            "eservice": eservice,
            "opening": eservice.opening(),
            "steps": engine.steps(spec, {}) if spec else [],
            "pieces": engine.all_pieces(spec) if spec else [],
            "person": access.account(request),
        }
        return render(request, "filing/start.html", context, status=status)


class DraftView(View):
    """Base of the pages of one draft: it is found only by its account or the browser that holds it."""

    draft: Draft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = Draft.objects.for_holder(
            access.account(request), access.keys(request), access.proven(request)
        )
        draft = held.with_version().filter(pk=kwargs["key"]).first()
        if draft is None:
            return self.gone(request, kwargs["key"])
        self.draft = draft
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"  # nothing personal stays on a shared computer
        return response

    def gone(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        """A draft that was sent leads to its case; any other is not yours, or not there."""
        case = Case.objects.filter(access_key=key).only("reference", "applicant_id").first()
        if case and (key in access.keys(request) or _owns(request, case)):
            return redirect("tracking:case", case.reference)
        raise Http404

    @cached_property
    def spec(self) -> CompiledSpec:
        return catalog.compiled(self.draft.version)

    def page(
        self, template: str, current: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        shared = {
            "draft": self.draft,
            "eservice": self.draft.eservice,
            "places": progress.places(self.draft, self.spec, current),
        }
        with timezone.override(catalog.time_zone(self.draft.version)):
            return render(self.request, template, shared | context, status=status)


class StepView(DraftView):
    """One step of questions."""

    def get(self, request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
        form = engine.form_for(self._known(step), step, self.draft.answers, language=get_language())
        return self._form_page(step, form)

    def post(self, request: HttpRequest, key: uuid.UUID, step: str) -> HttpResponse:
        form = engine.form_for(
            self._known(step), step, self.draft.answers, language=get_language(), data=request.POST
        )
        is_done = form.is_valid() and not form.wants_more()
        # What was typed is kept even when it is not right yet: nobody types it twice.
        services.save_step(self.draft, step=step, answers=form.answers(), is_done=is_done)
        if "_later" in request.POST:
            return redirect("filing:later", key)
        if not is_done:
            return self._form_page(step, form, status=200 if form.wants_more() else 422)
        return redirect(progress.next_url(self.draft, self.spec, step))

    def _known(self, step: str) -> CompiledSpec:
        if step not in {place.key for place in engine.steps(self.spec, self.draft.answers)}:
            raise Http404
        return self.spec

    def _form_page(self, step: str, form: engine.StepForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "previous": progress.previous_url(self.draft, self.spec, step)}
        return self.page("filing/step.html", step, context, status)


class PiecesView(DraftView):
    """The pieces to give: one slot for each, several files in a slot."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self._slots_page({})

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        problems = self._remove(request) if "_remove" in request.POST else self._store(request)
        if problems:
            return self._slots_page(problems, status=422)
        if "_continue" not in request.POST:
            return redirect("filing:pieces", key)
        if missing := services.missing_pieces(self.draft):
            text = _("This piece is required. Add a photo or a PDF.")
            return self._slots_page({slot: [text] for slot in missing}, status=422)
        services.save_step(self.draft, step=services.PIECES, answers={}, is_done=True)
        return redirect("filing:check", key)

    def _store(self, request: HttpRequest) -> dict[str, list[str]]:
        problems: dict[str, list[str]] = {}
        count = self._counts() if request.FILES else {}
        for piece in engine.pieces(self.spec, self.draft.answers):
            for upload in request.FILES.getlist(piece.key):
                if count.get(piece.key, 0) >= piece.max_files:
                    text = _("No more than %(n)d files here. Remove one first.")
                    problems.setdefault(piece.key, []).append(text % {"n": piece.max_files})
                    break
                if problem := self._store_one(piece, upload):
                    problems.setdefault(piece.key, []).append(problem)
                else:
                    count[piece.key] = count.get(piece.key, 0) + 1
        return problems

    def _store_one(self, piece: engine.PieceSpec, upload: UploadedFile) -> str:
        try:
            attachments.store(
                upload,
                owner=services.attachment_owner(self.draft),
                slot=piece.key,
                accept=piece.accept,
                max_mb=piece.max_mb,
            )
        except UploadRefused as exc:
            return f"{upload.name}: {exc}"
        return ""

    def _remove(self, request: HttpRequest) -> dict[str, list[str]]:
        wanted = request.POST["_remove"]
        owned = attachments.for_owner(services.attachment_owner(self.draft))
        for attachment in owned:
            if str(attachment.pk) == wanted:
                attachments.remove(attachment)
        return {}

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for attachment in attachments.for_owner(services.attachment_owner(self.draft)):
            counts[attachment.slot] = counts.get(attachment.slot, 0) + 1
        return counts

    def _slots_page(self, problems: dict[str, list[str]], status: int = 200) -> HttpResponse:
        slots = progress.slots(self.draft, self.spec, problems)
        context = {
            "slots": slots,
            "has_problems": bool(problems),
            "previous": progress.previous_url(self.draft, self.spec, services.PIECES),
        }
        return self.page("filing/pieces.html", services.PIECES, context, status)


class PieceView(DraftView):
    """One piece, shown back to the person who gave it."""

    def get(self, request: HttpRequest, key: uuid.UUID, piece: uuid.UUID) -> HttpResponseBase:
        owned = attachments.for_owner(services.attachment_owner(self.draft))
        attachment: Attachment = get_object_or_404(owned, pk=piece)
        return attachments.serve(attachment, inline=True)


class CheckView(DraftView):
    """Everything on one page: answers, pieces, fee, declaration; then send."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self._check_page([])

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        if not request.POST.get("declaration"):
            return self._check_page([_("Tick the declaration before you send.")], status=422)
        try:
            case = services.submit(self.draft)
        except NotReady:
            messages.warning(request, _("Something is missing. Complete it, then send."))
            return redirect(progress.first_gap_url(self.draft, self.spec))
        except NoOffice as exc:
            return self._check_page([str(exc)], status=409)
        response = redirect("tracking:case", case.reference)
        if case.applicant_id is None:
            access.hold(request, response, case.access_key)
        return response

    def _check_page(self, problems: list[str], status: int = 200) -> HttpResponse:
        answers = engine.computed(self.spec, self.draft.answers)
        context = {
            "sections": engine.summary(self.spec, answers, get_language()),
            "slots": progress.slots(self.draft, self.spec, {}),
            "fee": progress.fee(self.spec, answers),
            "gaps": progress.gaps(self.draft, self.spec),
            "declaration": self.spec.text("declaration"),
            "problems": problems,
            "delay": self.draft.version.delay_text() if self.spec.source.get("delay") else "",
        }
        return self.page("filing/check.html", "check", context, status)


class DiscardView(DraftView):
    """Delete the draft, after a question."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self.page("filing/discard.html", "", {})

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        slug = self.draft.eservice.slug
        services.discard(self.draft)
        messages.success(request, _("Your draft and its pieces were deleted."))
        return redirect("filing:start", slug)


def _owns(request: HttpRequest, case: Case) -> bool:
    person = access.account(request)
    return person is not None and case.applicant_id == person.pk
