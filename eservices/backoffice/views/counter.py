"""The counter: a case for the person in front of the agent, keyed on one page."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.backoffice import counter as page
from eservices.backoffice import finding, till
from eservices.backoffice.views.base import AgentView
from eservices.cases import papers, tracking
from eservices.cases import services as cases
from eservices.cases.errors import NoOffice
from eservices.casework import counter, onepage
from eservices.casework.errors import NotComplete
from eservices.casework.models import CounterDraft, Intake
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.formdefs.engine import StepForm
from eservices.payments import services as payments
from eservices.payments.errors import PaymentError


class CounterView(AgentView):
    """Choose the service; what was begun and what was opened today stand beside."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offers = counter.offers(self.agent.offices)
        context = {
            "offers": offers,
            "drafts": page.drafts(self.agent),
            "opened": page.opened_today(self.agent),
            "nav": "counter",
        }
        return self.page("casework/counter.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        slug = request.POST.get("service", "")
        offer = next((o for o in counter.offers(self.agent.offices) if o.slug == slug), None)
        if offer is None:
            raise Http404
        eservice = get_object_or_404(EService.objects.published(), slug=slug)
        try:
            draft = counter.begin(
                eservice,
                agent=self.agent.user,
                office=offer.office,
                language="fr",
                given=self._given(slug),
            )
        except EServiceClosed as exc:
            messages.warning(request, str(exc))
            return redirect("backoffice:counter")
        return redirect("backoffice:keying", draft.pk)

    def _given(self, slug: str) -> dict[str, Any]:
        """Return what the case that leads to this request says already, if one does."""
        reference = self.request.POST.get("after", "")
        case = finding.find(self.agent, reference) if reference else None
        return tracking.handed_on(case, slug) if case else {}


class DraftView(AgentView):
    """A page of one draft of this agent; one that was opened leads to its case."""

    draft: CounterDraft

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mine = CounterDraft.objects.for_agent(self.agent.user)
        found = mine.select_related("version__eservice", "office").filter(pk=kwargs["key"]).first()
        if found is None:
            case = counter.opened_from(kwargs["key"])
            if case is None or page.intake_of(self.agent, case.reference) is None:
                raise Http404
            return redirect("backoffice:counter_done", case.reference)
        self.draft = found
        return super().answer(request, *args, **kwargs)

    def keep(self, request: HttpRequest) -> tuple[StepForm, dict[str, list[str]]]:
        """Keep what was keyed and photographed; return the form and what is wrong with files."""
        form = onepage.form_for(
            self.draft.version, self.draft.answers, language=_language(), data=request.POST
        )
        counter.save(
            self.draft,
            answers=form.answers(),
            identity=page.identity_in(request.POST),
            pieces_seen=request.POST.getlist(page.SEEN_FIELD),
            language=request.POST.get(page.LANGUAGE_FIELD, ""),
        )
        problems: dict[str, list[str]] = {}
        for name, uploads in request.FILES.lists():
            key = name.removeprefix(page.FILE_PREFIX)
            for upload in uploads:
                if problem := counter.add_piece(self.draft, key, upload):
                    problems.setdefault(key, []).append(problem)
        if wanted := request.POST.get("_drop_piece"):
            counter.remove_piece(self.draft, wanted)
        return form, problems


class KeyingView(DraftView):
    """All questions on one page, in the order of the printed form; then the case is opened."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        form = onepage.form_for(self.draft.version, self.draft.answers, language=_language())
        return self._keying_page(form, [], {})

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        form, problems = self.keep(request)
        if "_keep" in request.POST:
            messages.success(request, _("Kept. You find it again at the counter’s first page."))
            return redirect("backoffice:counter")
        if "_open" not in request.POST or form.wants_more():
            return self._keying_page(form, [], problems, status=422 if problems else 200)
        problems = page.missing_problems(self.draft) | problems
        identity_fault = counter.identity_fault(page.identity_in(request.POST))
        if not form.is_valid() or identity_fault or problems:
            shown = page.slots(self.draft, problems)
            lines = page.faults(form, identity_fault, shown)
            return self._keying_page(form, lines, problems, status=422)
        try:
            case = counter.open_case(self.draft, agent=self.agent.user)
        except (NotComplete, NoOffice) as exc:
            lines = [{"href": "", "text": text} for text in exc.details.get("faults", [str(exc)])]
            return self._keying_page(form, lines, problems, status=409)
        return redirect("backoffice:counter_done", case.reference)

    def _keying_page(
        self,
        form: StepForm,
        lines: list[dict[str, str]],
        problems: dict[str, list[str]],
        status: int = 200,
    ) -> HttpResponse:
        context = {
            "form": form,
            "faults": lines,
            "draft": self.draft,
            "eservice": self.draft.version.eservice,
            "slots": page.slots(self.draft, problems),
            "fee": counter.fee(self.draft),
            "kinds": page.identity_kinds(),
            "nav": "counter",
        }
        return self.page("casework/keying.html", context, status=status)


class SaveView(DraftView):
    """Keep the page while it is being keyed; the page's script calls it after each pause."""

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        _form, problems = self.keep(request)
        context = {"slots": page.slots(self.draft, problems), "draft": self.draft}
        return JsonResponse(
            {
                "saved": _("Kept at %(time)s")
                % {"time": timezone.localtime(self.draft.saved_at).strftime("%H:%M:%S")},
                "fee": str(counter.fee(self.draft)),
                "pieces": render_to_string("casework/counter_pieces.html", context, request),
            }
        )


class DropView(DraftView):
    """Forget a draft and its pieces."""

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        counter.discard(self.draft)
        messages.success(request, _("The draft and its pieces were deleted."))
        return redirect("backoffice:counter")


class CounterPieceView(DraftView):
    def get(self, request: HttpRequest, key: uuid.UUID, piece: uuid.UUID) -> HttpResponseBase:
        owned = attachments.for_owner(counter.owner(self.draft))
        return attachments.serve(get_object_or_404(owned, pk=piece), inline=True)


class OpenedView(AgentView):
    """A page about a request that was opened at one of the agent's counters."""

    intake: Intake

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        intake = page.intake_of(self.agent, kwargs["reference"])
        if intake is None:
            raise Http404
        self.intake = intake
        return super().answer(request, *args, **kwargs)


class DoneView(OpenedView):
    """The number, the fee, the papers to print."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        case = self.intake.case
        takes_cash = page.takes_cash_for(self.agent, self.intake)
        context = {
            "case": case,
            "intake": self.intake,
            "payment": case.payment,
            "lines": till.fee_lines(case.payment) if case.payment else [],
            "is_due": page.is_due(self.intake),
            "takes_cash": takes_cash,
            "tracking_url": papers.tracking_url(case),
            "nav": "counter",
        }
        return self.page("casework/opened.html", context)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        """Take the fee in cash."""
        payment = self.intake.case.payment
        if payment is None or not page.takes_cash_for(self.agent, self.intake):
            raise Http404
        try:
            payments.pay_cash(payment, cashier=self.agent.user, office=self.intake.case.office)
            messages.success(request, _("Paid. The request is filed: its office sees it now."))
        except PaymentError as exc:
            messages.warning(request, str(exc))
        cases.settle(payment.pk)
        return redirect("backoffice:counter_done", reference)


class SlipView(OpenedView):
    """A paper to print: the acknowledgement of the filing, or the receipt of the fee."""

    paper = ""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        case, language = self.intake.case, self.intake.case.language
        if self.paper == "receipt":
            if case.payment is None or not case.payment.is_paid:
                raise Http404
            return _pdf(papers.receipt(case, language), f"recu-{reference}.pdf")
        if case.filed_at is None:
            raise Http404
        return _pdf(papers.acknowledgement(case, language), f"accuse-{reference}.pdf")


def _language() -> str:
    return get_language() or "fr"


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
