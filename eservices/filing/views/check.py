"""The end of the way: everything on one page, then send, or throw away."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.cases.errors import NoOffice
from eservices.cases.models import Case, CaseStatus
from eservices.catalog.errors import EServiceClosed
from eservices.filing import access, progress, services, telling
from eservices.filing.errors import NotReady
from eservices.filing.views.base import DraftView, asked_by_script
from eservices.formdefs import engine


class CheckView(DraftView):
    """Everything on one page: answers, pieces, fee, declaration; then send."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self._check_page([])

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        if not request.POST.get("declaration"):
            return self._refused(_("Tick the declaration before you send."), status=422)
        helper = self.draft.helper_id if self.draft.helper_id == request.user.pk else None
        try:
            case = (
                telling.submit_helped(self.draft, str(request.user))
                if helper
                else services.submit(self.draft)
            )
        except NotReady as exc:
            messages.warning(request, str(exc))
            missing = exc.details.get("steps") or None
            url = progress.first_gap_url(self.draft, self.spec, missing)
            return self._go(url, is_sent=False)
        except (NoOffice, EServiceClosed) as exc:
            return self._refused(str(exc), status=409)
        if helper:
            return self._handed_over(case)
        response = self._go(reverse("tracking:case", args=[case.reference]), is_sent=True)
        if case.applicant_id is None:
            access.hold(request, response, case.access_key)
        return response

    def _handed_over(self, case: Case) -> HttpResponse:
        """The request is the person's alone from now on; the helper keeps its number to say aloud."""
        text = _(
            "Request %(reference)s is sent. It is followed on the person's own phone from now on."
        )
        messages.success(self.request, text % {"reference": case.reference})
        if case.status == CaseStatus.AWAITING_PAYMENT:
            text = _(
                "It is treated once %(amount)s are paid: by the person's own phone, or at a desk."
            )
            messages.info(
                self.request, text % {"amount": case.payment.money if case.payment else ""}
            )
        return self._go(reverse("filing:my_requests"), is_sent=True)

    def _go(self, url: str, *, is_sent: bool) -> HttpResponse:
        """Lead on; send.js asks for the address instead, to spare a slow line a second page."""
        if asked_by_script(self.request):
            return JsonResponse({"url": url, "sent": is_sent})
        return HttpResponseRedirect(url)

    def _refused(self, problem: str, status: int) -> HttpResponse:
        if asked_by_script(self.request):
            return JsonResponse({"problem": problem}, status=status)
        return self._check_page([problem], status=status)

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
