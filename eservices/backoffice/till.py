"""The counter where fees are paid: whom the cashier serves, and what the office took."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import CASE_ROLES, Case, CaseQuerySet, CaseStatus, PaymentOrder
from eservices.payments import services as payments
from eservices.payments.models import Payment, PaymentStatus
from portal.accounts.errors import BadPhone
from portal.accounts.models import Office, Role, User
from portal.accounts.phones import parse_phone
from portal.core.money import Money
from portal.core.references import clean_reference
from portal.core.texts import pick

FOUND = 20
CHANNELS = {"cash": _("Cash"), "online": _("Online payment")}


@dataclass(frozen=True)
class Bill:
    """One debt of a request, the office whose till takes it, and the status in which it is owed."""

    case: Case
    payment: Payment
    office: Office
    owed_in: str

    @property
    def is_due(self) -> bool:
        return self.case.status == self.owed_in and self.payment.status == PaymentStatus.PENDING


@dataclass(frozen=True)
class Cashier:
    """A person who takes money, and the offices where."""

    user: User
    offices: tuple[Office, ...]
    reads_files: bool  # works at the agents' desk as well

    @classmethod
    def of(cls, user: User) -> "Cashier | None":
        rows = user.office_memberships.select_related("office").order_by("office__code")
        offices = tuple(row.office for row in rows if row.role == Role.CASHIER)
        if not offices:
            return None
        return cls(user, offices, any(row.role in CASE_ROLES for row in rows))

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.offices[0].time_zone)

    def cases(self) -> CaseQuerySet:
        """Requests with a fee in this person's offices: a cashier sees their lines, not their file."""
        own = [office.pk for office in self.offices]
        asked = PaymentOrder.objects.filter(task__office__in=own).values("case")
        filed = Q(office__in=own, payment__isnull=False)
        scope = Case.objects.filter(filed | Q(pk__in=asked))
        return scope.select_related("eservice", "office", "payment")

    def bill(self, case: Case) -> Bill | None:
        """Return what this till may take for `case`: what is due first, else what was paid last."""
        own = {office.pk for office in self.offices}
        found: list[Bill] = []
        if case.payment is not None and case.office_id in own:
            found.append(Bill(case, case.payment, case.office, CaseStatus.AWAITING_PAYMENT))
        orders = case.orders.filter(task__office__in=own).select_related("payment", "task__office")
        found += [
            Bill(case, one.payment, one.task.office, CaseStatus.AWAITING_APPLICANT)
            for one in orders
        ]
        return next((one for one in found if one.is_due), found[-1] if found else None)

    def find(self, words: str) -> list[Bill]:
        """Return what waits for its fee under this number, or this phone."""
        if reference := clean_reference(words):
            return [
                bill
                for case in self.cases().filter(reference=reference)
                if (bill := self.bill(case))
            ]
        try:
            phone = parse_phone(words, self.offices[0].country)
        except BadPhone:
            return []
        waits = (CaseStatus.AWAITING_PAYMENT, CaseStatus.AWAITING_APPLICANT)
        unpaid = self.cases().filter(phone=phone, status__in=waits).order_by("-created_at")[:FOUND]
        return [bill for case in unpaid if (bill := self.bill(case)) and bill.is_due]


@dataclass(frozen=True)
class Closing:
    """What paid the fees of one office on one day."""

    office: Office
    day: date
    rows: list[payments.Taking]

    @classmethod
    def of(cls, office: Office, day: date) -> "Closing":
        return cls(office, day, list(payments.takings(office, day)))

    @property
    def totals(self) -> list[tuple[str, int, Money]]:
        """Channel, number of payments, sum; one line per channel and currency, cash first."""
        sums: Counter[tuple[str, str]] = Counter()
        numbers: Counter[tuple[str, str]] = Counter()
        for row in self.rows:
            key = row.channel, row.money.currency
            sums[key] += row.money.amount
            numbers[key] += 1
        return [
            (str(CHANNELS[channel]), numbers[channel, currency], Money(amount, currency))
            for (channel, currency), amount in sorted(sums.items())
        ]

    @property
    def total(self) -> str:
        """The sum of the day; of each currency when there are several."""
        sums: Counter[str] = Counter()
        for row in self.rows:
            sums[row.money.currency] += row.money.amount
        return " + ".join(str(Money(amount, currency)) for currency, amount in sorted(sums.items()))

    @property
    def lines(self) -> list[dict[str, object]]:
        return [{"taking": row, "channel": CHANNELS[row.channel]} for row in self.rows]


def fee_lines(payment: Payment) -> list[dict[str, object]]:
    """Return the lines of the fee in words, for the person in front of the counter."""
    return [
        {
            "label": pick(line["label"]),
            "quantity": line["quantity"],
            "unit": Money(line["unit"], payment.currency),
            "amount": Money(line["amount"], payment.currency),
        }
        for line in payment.lines
    ]
