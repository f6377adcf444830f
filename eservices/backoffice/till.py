"""The counter where fees are paid: whom the cashier serves, and what the office took."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from eservices.cases.models import CASE_ROLES, Case, CaseQuerySet, CaseStatus
from eservices.payments import services as payments
from portal.accounts.errors import BadPhone
from portal.accounts.models import Office, Role, User
from portal.accounts.phones import parse_phone
from portal.core.money import Money
from portal.core.references import clean_reference
from portal.core.texts import pick

FOUND = 20
CHANNELS = {"cash": _("Cash"), "online": _("Online payment")}


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
        scope = Case.objects.for_offices([office.pk for office in self.offices])
        return scope.filter(payment__isnull=False).select_related("eservice", "office", "payment")

    def find(self, words: str) -> list[Case]:
        """Return what waits for its fee under this number, or this phone."""
        if reference := clean_reference(words):
            return list(self.cases().filter(reference=reference))
        try:
            phone = parse_phone(words, self.offices[0].country)
        except BadPhone:
            return []
        unpaid = self.cases().filter(phone=phone, status=CaseStatus.AWAITING_PAYMENT)
        return list(unpaid.order_by("-created_at")[:FOUND])


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


def fee_lines(case: Case) -> list[dict[str, object]]:
    """Return the lines of the fee in words, for the person in front of the counter."""
    payment = case.payment
    assert payment is not None
    return [
        {
            "label": pick(line["label"]),
            "quantity": line["quantity"],
            "unit": Money(line["unit"], payment.currency),
            "amount": Money(line["amount"], payment.currency),
        }
        for line in payment.lines
    ]
