"""The pretended provider's page, where a developer or a trainee plays the payer."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from eservices.payments.sandbox import payer
from eservices.payments.sandbox.deliver import deliver
from eservices.payments.sandbox.models import SandboxEvent, SandboxSession
from portal.core.money import Money

METHODS = {"card": gettext_lazy("Bank card"), "mobile_money": gettext_lazy("Mobile money")}
# Button → what it teaches. The order is the order on the page.
MISHAPS = {
    "late": (
        gettext_lazy("Pay late"),
        gettext_lazy("Leave without an answer; the money arrives in one minute."),
    ),
    "twice": (
        gettext_lazy("Pay twice"),
        gettext_lazy("Two pages were open and both were paid: the second is a surplus."),
    ),
    "notice_twice": (
        gettext_lazy("Notice sent twice"),
        gettext_lazy("The provider repeats itself; the request is credited once."),
    ),
    "notice_lost": (
        gettext_lazy("Notice lost"),
        gettext_lazy("The provider never tells; the return page finds out."),
    ),
    "notice_first": (
        gettext_lazy("Notice before the return"),
        gettext_lazy("The provider tells before the browser comes back."),
    ),
    "wrong_amount": (
        gettext_lazy("Wrong amount"),
        gettext_lazy("Another amount is paid: nothing is credited, an agent must look."),
    ),
}


def _accept(session: SandboxSession, method: str) -> None:
    payer.pay(session.pk, method=method)


def _notice_twice(session: SandboxSession, method: str) -> None:
    payer.pay(session.pk, method=method, notices=2)


def _notice_lost(session: SandboxSession, method: str) -> None:
    payer.pay(session.pk, method=method, notices=0)


def _notice_first(session: SandboxSession, method: str) -> None:
    for event_id in payer.pay(session.pk, method=method, notices=0):
        deliver(SandboxEvent.objects.get(pk=event_id))


def _wrong_amount(session: SandboxSession, method: str) -> None:
    payer.pay(session.pk, method=method, amount=max(session.amount_total - 1, 1))


def _twice(session: SandboxSession, method: str) -> None:
    payer.pay_twice(session.pk, method=method)


PAID: dict[str, Callable[[SandboxSession, str], None]] = {
    "accept": _accept,
    "twice": _twice,
    "notice_twice": _notice_twice,
    "notice_lost": _notice_lost,
    "notice_first": _notice_first,
    "wrong_amount": _wrong_amount,
}


@method_decorator(never_cache, name="dispatch")
class CheckoutView(View):
    def get(self, request: HttpRequest, session_id: str) -> HttpResponse:
        return self._show(request, self._session(session_id))

    def post(self, request: HttpRequest, session_id: str) -> HttpResponse:
        """Do what the button says; a page that is no longer open only shows what it has become."""
        session = self._session(session_id)
        action = request.POST.get("action", "")
        method = request.POST.get("method", "card")
        if session.status != "open" or method not in METHODS:
            return self._show(request, session)
        if action in PAID:
            PAID[action](session, method)
            return HttpResponseRedirect(_return_url(session))
        if action == "late":
            payer.pay_late(session.pk, method=method)
            return HttpResponseRedirect(str(session.params["cancel_url"]))
        if action == "decline":
            payer.decline(session.pk, method=method)
            session.refresh_from_db()
        return self._show(request, session)

    def _session(self, session_id: str) -> SandboxSession:
        session = payer.look(session_id)
        if session is None:
            raise Http404
        return session

    def _show(self, request: HttpRequest, session: SandboxSession) -> HttpResponse:
        locale = session.params.get("locale")
        # "auto" is the browser's own language, as at the real provider.
        language = (
            locale if locale in {"fr", "en"} else translation.get_language_from_request(request)
        )
        with translation.override(language):
            return render(request, "payments/sandbox/checkout.html", _page(session))


def _return_url(session: SandboxSession) -> str:
    return str(session.params["success_url"]).replace("{CHECKOUT_SESSION_ID}", session.pk)


def _page(session: SandboxSession) -> dict[str, Any]:
    currency = session.currency.upper()
    lines = [
        {
            "label": item["price_data"]["product_data"]["name"],
            "quantity": int(item["quantity"]),
            "amount": Money(
                int(item["quantity"]) * int(item["price_data"]["unit_amount"]), currency
            ),
        }
        for item in session.params["line_items"]
    ]
    return {
        "session": session,
        "amount": Money(session.amount_total, currency),
        "lines": lines,
        "methods": METHODS,
        "mishaps": MISHAPS,
        "return_url": _return_url(session),
        "cancel_url": session.params["cancel_url"],
        "declined": _declined(session),
    }


def _declined(session: SandboxSession) -> str:
    if session.status != "open" or not session.error_code:
        return ""
    if session.method == "mobile_money":
        return _("The operator refused the payment. Nothing was taken. Try again or go back.")
    return _("The card was refused. Nothing was taken. Try again or go back.")
