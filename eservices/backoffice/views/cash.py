"""The cashier's pages: find the request, take the money, print the receipt, close the day."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.backoffice import sheets, till
from eservices.backoffice.access import Agent
from eservices.backoffice.drawer import CloseForm, CountForm, Drawer
from eservices.backoffice.till import Bill, Cashier, Closing
from eservices.cases import papers
from eservices.cases import services as cases
from eservices.cases.models import CaseStatus
from eservices.payments import services as payments
from eservices.payments.errors import PaymentError
from portal.accounts.models import Office, User


class CashierView(View):
    """A page for people who take money in an office; for everybody else it does not exist."""

    cashier: Cashier

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, User):
            return redirect_to_login(request.get_full_path())
        cashier = Cashier.of(request.user)
        if cashier is None:
            raise Http404
        self.cashier = cashier
        with timezone.override(cashier.time_zone):
            response = super().dispatch(request, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def page(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        offices = self.cashier.offices
        office = offices[0].name_in() if len(offices) == 1 else ""
        agent = Agent.of(self.cashier.user) if self.cashier.reads_files else None
        context = {"cashier": self.cashier, "agent": agent, "office": office, **context}
        return render(self.request, template, context, status=status)

    def office(self) -> Office:
        """Return the office that was chosen, or this person's first."""
        code = self.request.GET.get("office", "")
        offices = self.cashier.offices
        return next((one for one in offices if one.code == code), offices[0])

    def find(self, reference: str) -> Bill:
        case = self.cashier.cases().filter(reference=reference).first()
        bill = self.cashier.bill(case) if case is not None else None
        if bill is None:
            raise Http404
        return bill


class CashView(CashierView):
    """Find a request to be paid by its number or by the phone; one alone is shown at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:100]
        found = self.cashier.find(words) if words else []
        if len(found) == 1:
            return redirect("backoffice:cash_request", found[0].case.reference)
        user = self.cashier.user
        drawers = [(one, Drawer.open_for(user, one)) for one in self.cashier.offices]
        context = {"words": words, "found": found, "drawers": drawers, "nav": "cash"}
        return self.page("backoffice/cash.html", context)


class DrawerView(CashierView):
    """The drawer of this person: counted when the day begins, and when it ends."""

    def get(self, request: HttpRequest) -> HttpResponse:
        office = self.office()
        drawer = Drawer.open_for(self.cashier.user, office)
        form = CloseForm if drawer else CountForm
        return self._show(office, drawer, form(payments.till_currency(office)))

    def post(self, request: HttpRequest) -> HttpResponse:
        office = self.office()
        drawer = Drawer.open_for(self.cashier.user, office)
        if "close" in request.POST and drawer is None:
            messages.warning(request, _("This till is closed already."))
            return redirect("backoffice:cash")
        form: CountForm
        if "close" in request.POST:
            form = CloseForm(payments.till_currency(office), request.POST)
        else:
            form = CountForm(payments.till_currency(office), request.POST)
        if not form.is_valid():
            return self._show(office, drawer, form, status=422)
        try:
            return self._count(office, drawer if "close" in request.POST else None, form)
        except PaymentError as exc:
            form.add_error(None, str(exc))
            return self._show(office, drawer, form, status=409)

    def _count(self, office: Office, drawer: Drawer | None, form: CountForm) -> HttpResponse:
        counted = form.cleaned_data["counted"]
        if drawer is None:
            payments.open_till(cashier=self.cashier.user, office=office, counted=counted)
            messages.success(self.request, _("Your till is open."))
            return redirect("backoffice:cash")
        payments.close_till(drawer.till, counted=counted, note=form.cleaned_data["note"])
        messages.success(self.request, _("Your till is closed. Print the closing and sign it."))
        return redirect(f"{reverse('backoffice:closing')}?office={office.code}")

    def _show(
        self, office: Office, drawer: Drawer | None, form: CountForm, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "drawer": drawer, "office_of_till": office, "nav": "cash"}
        return self.page("backoffice/drawer.html", context, status=status)


class CashRequestView(CashierView):
    """One request: the lines of its fee, then its receipt."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._show(self.find(reference))

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        bill = self.find(reference)
        if not bill.is_due:
            return self._show(bill, status=409)
        try:
            payments.pay_cash(bill.payment, cashier=self.cashier.user, office=bill.office)
        except PaymentError as exc:
            self._settle(bill)
            messages.warning(request, str(exc))
            return self._show(self.find(reference), status=409)
        self._settle(bill)
        if bill.owed_in == CaseStatus.AWAITING_PAYMENT:
            text = _("Paid. The request is filed: its office sees it now.")
        else:
            text = _("Paid. The request goes on.")
        messages.success(request, text)
        return redirect("backoffice:cash_request", reference)

    def _settle(self, bill: Bill) -> None:
        cases.settle(bill.payment.pk)
        cases.settle_order(bill.payment.pk)

    def _show(self, bill: Bill, status: int = 200) -> HttpResponse:
        context = {
            "case": bill.case,
            "payment": bill.payment,
            "office_of_till": bill.office,
            "lines": till.fee_lines(bill.payment),
            "is_due": bill.is_due,
            "nav": "cash",
        }
        return self.page("backoffice/cash_request.html", context, status=status)


class CashReceiptView(CashierView):
    """The receipt, ready to print."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        bill = self.find(reference)
        if not bill.payment.is_paid:
            raise Http404
        pdf = papers.receipt(bill.case, get_language() or "fr", payment=bill.payment)
        response = HttpResponse(pdf, content_type="application/pdf")
        response.headers["Content-Disposition"] = (
            f'inline; filename="recu-{bill.payment.reference}.pdf"'
        )
        return response


class ClosingView(CashierView):
    """What the office took in a day, by channel; as a page to sign or as CSV."""

    def get(self, request: HttpRequest) -> HttpResponse:
        office = self.office()
        today = timezone.localdate()
        try:
            day = min(date.fromisoformat(request.GET.get("day", "")), today)
        except ValueError:
            day = today
        closing = Closing.of(office, day)
        if request.GET.get("format") == "csv":
            return _csv(closing)
        context = {
            "closing": closing,
            "drawers": [Drawer(till) for till in payments.tills_of_day(office, day)],
            "previous": day - timedelta(days=1) if day > date.min else None,
            "today": today,
            "nav": "closing",
        }
        return self.page("backoffice/closing.html", context)


def _csv(closing: Closing) -> HttpResponse:
    head = [
        _("Time"), _("Receipt"), _("Request"), _("Channel"), _("Amount"), _("Currency"), _("Cashier"),
    ]  # fmt: skip
    rows = [
        [
            f"{timezone.localtime(row.at):%Y-%m-%d %H:%M:%S}",
            row.receipt_number,
            row.reference,
            till.CHANNELS[row.channel],
            row.money.amount,
            row.money.currency,
            row.cashier,
        ]
        for row in closing.rows
    ]
    sheet = sheets.Sheet(closing.office.code, head, rows)
    return sheets.response(f"caisse-{closing.office.code}-{closing.day:%Y-%m-%d}", "csv", [sheet])
