"""Following one request: status, payment, complement, messages, act, and who read the file."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.cases import letters, papers, tracking
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed, TransitionNotAllowed
from eservices.cases.models import Case, CaseStatus
from eservices.catalog.errors import EServiceClosed
from eservices.documents import services as documents
from eservices.filing import access, correcting, progress, services, telling
from eservices.filing.errors import WrongCode
from eservices.filing.forms import CodeForm, MessageForm, TrackForm, WithdrawForm
from eservices.filing.models import Purpose
from eservices.payments import services as payments
from eservices.payments.errors import PaymentError
from portal.core.errors import PortalError
from portal.core.references import clean_reference
from portal.core.throttling import TooMany, throttle


class TrackView(View):
    """Find a request by its number and phone; a code by SMS proves who asks."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "tracking/start.html", {"form": TrackForm(), "code_form": None})

    def post(self, request: HttpRequest) -> HttpResponse:
        if "code" in request.POST:
            return self._redeem(request)
        form = TrackForm(request.POST)
        if not form.is_valid():
            return render(request, "tracking/start.html", {"form": form}, status=422)
        try:
            throttle("track", request, key=form.cleaned_data["phone"], per_minute=5)
        except TooMany as exc:
            form.add_error(None, str(exc))
            return render(request, "tracking/start.html", {"form": form}, status=429)
        reference = clean_reference(form.cleaned_data["reference"])
        case = tracking.followed_with(reference or "-", form.cleaned_data["phone"])
        # Same page, same work, whether the request exists or not: nobody learns who filed what.
        row = telling.send_tracking_code(case, phone=form.cleaned_data["phone"])
        code_form = CodeForm(initial={"access": row.pk})
        context = {"code_form": code_form, "is_shared": access.is_shared(request)}
        return render(request, "tracking/code.html", context)

    def _redeem(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                throttle("code", request, key=str(form.cleaned_data["access"]), per_minute=10)
                key = services.redeem(
                    form.cleaned_data["access"], form.cleaned_data["code"], purpose=Purpose.TRACK
                )
            except (WrongCode, TooMany) as exc:
                form.add_error("code", str(exc))
            else:
                case = get_object_or_404(Case, access_key=key)
                response = redirect("tracking:case", case.reference)
                if "shared" in request.POST:
                    access.share(request, response)
                access.visit(request, response, key)
                return response
        context = {"code_form": form, "is_shared": "shared" in request.POST}
        return render(request, "tracking/code.html", context, status=422)


class CaseView(View):
    """Base of the pages of one request: found only by its account or a browser that holds its key."""

    case: Case

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        case = tracking.find(kwargs["reference"])
        person = access.account(request)
        is_owner = case is not None and person is not None and case.applicant_id == person.pk
        if case is None or not (
            is_owner or not access.keys(request).isdisjoint(cases.keys_of(case))
        ):
            return self.closed(request, kwargs["reference"])
        self.case = case
        # Times are those of the office, wherever the applicant is.
        with timezone.override(ZoneInfo(self.case.office.time_zone)):
            response = super().dispatch(request, *args, **kwargs)
        access.stay(request, response)
        response["Cache-Control"] = "no-store"
        return response

    def closed(self, request: HttpRequest, reference: str) -> HttpResponse:
        """What whoever does not hold this request is told: the same whether it exists or not."""
        raise Http404

    def back(self) -> HttpResponse:
        return redirect("tracking:case", self.case.reference)


class StatusView(CaseView):
    def closed(self, request: HttpRequest, reference: str) -> HttpResponse:
        """The address of an SMS or a QR code opened on another phone: ask for the phone, and go on."""
        known = clean_reference(reference)
        if not known or request.method != "GET":
            raise Http404
        form = TrackForm(initial={"reference": known})
        context = {"form": form, "is_asked": True}
        response = render(request, "tracking/start.html", context, status=404)
        response["Cache-Control"] = "no-store"
        return response

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._status_page(MessageForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = MessageForm(request.POST)
        if not form.is_valid():
            return self._status_page(form, status=422)
        try:
            letters.write(
                self.case,
                text=form.cleaned_data["text"],
                author=None,
                uploads=request.FILES.getlist("files"),
            )
        except (UploadRefused, BadRequest) as exc:
            form.add_error("text", str(exc))
            return self._status_page(form, status=422)
        messages.success(request, _("Your message was sent."))
        return self.back()

    def _status_page(self, form: MessageForm, status: int = 200) -> HttpResponse:
        context = tracking.overview(self.case, get_language() or "fr")
        context |= {"case": self.case, "message_form": form}
        context["duties"] = list(self.case.duties.owed()) if self.case.decided_at else []
        return render(self.request, "tracking/case.html", context, status=status)


class PayView(CaseView):
    """Go and pay on the provider's page."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        due = cases.payment_due(self.case)
        waits = (CaseStatus.AWAITING_PAYMENT, CaseStatus.AWAITING_APPLICANT)
        if due is None or self.case.status not in waits:
            return self.back()
        try:
            url = payments.start(
                due,
                return_url=self._absolute("tracking:paid"),
                cancel_url=self._absolute("tracking:case"),
                language=get_language() or "fr",
            )
        except PaymentError as exc:
            messages.error(request, str(exc))
            return self.back()
        return HttpResponse(status=303, headers={"Location": url})

    def _absolute(self, name: str) -> str:
        return settings.BASE_URL + reverse(name, args=[self.case.reference])


class PaidView(CaseView):
    """Back from the provider: ask it what happened; this page itself changes no money."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        due = cases.payment_due(self.case)
        if due is not None:
            try:
                payments.refresh(due)
                cases.settle(due.pk)
                cases.settle_order(due.pk)
            except PaymentError:
                text = _("Your payment is being confirmed. This can take a few minutes.")
                messages.info(request, text)
        return self.back()


class ComplementView(CaseView):
    """Correct only what was asked: these answers, these pieces."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._complement_page(correcting.open_complement(self.case))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        correction = correcting.open_complement(self.case, data=request.POST, files=request.FILES)
        if correction is None:
            return self.back()
        if not correction.is_valid():
            return self._complement_page(correction, status=422)
        try:
            correcting.send(correction)
        except (BadRequest, NotAllowed, TransitionNotAllowed) as exc:
            messages.error(request, str(exc))
            return self.back()
        messages.success(request, _("Thank you. Your corrections were sent."))
        return self.back()

    def _complement_page(
        self, correction: correcting.Correction | None, status: int = 200
    ) -> HttpResponse:
        if correction is None:
            return self.back()
        context = {"case": self.case, "correction": correction}
        return render(self.request, "tracking/complement.html", context, status=status)


class SummaryView(CaseView):
    """What was sent, on paper."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        context = tracking.overview(self.case, get_language() or "fr") | {"case": self.case}
        return render(request, "tracking/summary.html", context)


class WithdrawView(CaseView):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if not tracking.may_withdraw(self.case):
            messages.error(request, tracking.why_not_withdraw(self.case))
            return self.back()
        return self._question(WithdrawForm())

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            return self._question(form, status=422)
        try:
            cases.withdraw(self.case, reason=form.cleaned_data["reason"])
            messages.success(request, _("Your request was withdrawn."))
        except TransitionNotAllowed:
            self.case.refresh_from_db(fields=["status"])
            messages.error(request, tracking.why_not_withdraw(self.case))
        except PortalError as exc:
            messages.error(request, str(exc))
        return self.back()

    def _question(self, form: WithdrawForm, status: int = 200) -> HttpResponse:
        context = {"case": self.case, "form": form} | tracking.lost_by_withdrawing(self.case)
        return render(self.request, "tracking/withdraw.html", context, status=status)


class AgainView(CaseView):
    """The same request once more, with its answers."""

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        person = access.account(request)
        try:
            draft = services.duplicate(
                self.case,
                owner=person if self.case.applicant_id else None,
                language=get_language() or "fr",
            )
        except EServiceClosed as exc:
            messages.error(request, str(exc))
            return self.back()
        response = redirect(progress.first_gap_url(draft, services.compiled(draft)))
        if draft.owner_id is None:
            access.hold(request, response, draft.pk)
        return response


class AcknowledgementView(CaseView):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        if self.case.filed_at is None:
            raise Http404
        content = papers.acknowledgement(self.case, get_language() or "fr")
        return _pdf(content, f"{self.case.reference}-accuse.pdf")


class RefusalView(CaseView):
    """The refusal on paper: why, and until when it may be contested."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        content = papers.refusal(self.case, get_language() or "fr")
        if content is None:
            raise Http404
        return _pdf(content, f"{self.case.reference}-refus.pdf")


class SummonsView(CaseView):
    """The summons to the appointment, to print or to show."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        content = papers.summons(self.case, get_language() or "fr")
        if content is None:
            raise Http404
        return _pdf(content, f"{self.case.reference}-convocation.pdf")


class ReceiptView(CaseView):
    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        paid = papers.paid(self.case, request.GET.get("paiement", ""))
        if paid is None:
            raise Http404
        content = papers.receipt(self.case, get_language() or "fr", payment=paid)
        return _pdf(content, f"{paid.reference}-recu.pdf")


class ActView(CaseView):
    """The document the administration issued."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        document = tracking.document(self.case)
        if document is None:
            raise Http404
        tracking.note_download(self.case)
        return documents.serve(document, inline=False)


class PieceView(CaseView):
    def get(self, request: HttpRequest, reference: str, piece: uuid.UUID) -> HttpResponseBase:
        owned = attachments.for_owner(cases.attachment_owner(self.case))
        return attachments.serve(get_object_or_404(owned, pk=piece), inline=True)


def _pdf(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
