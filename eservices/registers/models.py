"""Registers that agents keep, and what is reserved on their lines. Nothing here is ever deleted."""

from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.core.money import Money
from portal.core.texts import pick


class RegisterQuerySet(models.QuerySet["Register"]):
    def for_agent(self, user: User) -> Self:
        """Registers that one of the person's roles may read or keep."""
        return self.filter(Exists(_doors(user)))

    def kept_by(self, user: User) -> Self:
        return self.filter(Exists(_doors(user).filter(may_keep=True)))


class Register(models.Model):
    """A list with typed columns. `definition` is data: see docs/registers.md."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    title = models.JSONField(_("title"), default=dict)
    definition = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    last_number = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    objects = RegisterQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("register")
        verbose_name_plural = _("registers")

    def __str__(self) -> str:
        return self.title_in("fr")

    def title_in(self, language: str | None = None) -> str:
        return pick(self.title, language) or self.code

    @property
    def summary(self) -> str:
        return pick(self.definition.get("summary"))

    @property
    def has_balance(self) -> bool:
        return bool(self.definition.get("balance"))

    @property
    def has_periods(self) -> bool:
        return bool(self.definition.get("periods"))

    @property
    def currency(self) -> str:
        return str(self.definition.get("currency") or "XOF")


class RegisterDoor(models.Model):
    """Who may read a register, or keep it: a role in an office; no role means any role there."""

    register = models.ForeignKey(Register, on_delete=models.CASCADE, related_name="doors")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    may_keep = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "office", "role"], name="register_door_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.register_id}: {self.office_id} {self.role}"


def _doors(user: User) -> models.QuerySet[RegisterDoor]:
    mine = OfficeMembership.objects.filter(user=user, office=OuterRef("office"))
    return RegisterDoor.objects.filter(register=OuterRef("pk")).filter(
        Exists(mine.filter(role=OuterRef("role"))) | (Q(role="") & Exists(mine))
    )


class EntryQuerySet(models.QuerySet["RegisterEntry"]):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of(self, register: str) -> Self:
        return self.filter(register__code=register)

    def readable_by(self, user: User) -> Self:
        """Leave out what confidential requests wrote, but for who keeps the register."""
        kept = Register.objects.kept_by(user)
        return self.filter(Q(is_restricted=False) | Q(register__in=kept))


class RegisterEntry(models.Model):
    """One line of a register: numbered, versioned, closed rather than deleted."""

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="entries")
    number = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    label = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    search_text = models.TextField(blank=True)
    source = models.CharField(max_length=80, blank=True)  # "case:…" when a case wrote it
    is_restricted = models.BooleanField(default=False)  # a confidential case wrote it
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)
    # The account of a line with a balance; kept here so that one constraint holds it.
    credit = models.BigIntegerField(null=True)
    reserved = models.BigIntegerField(default=0)
    consumed = models.BigIntegerField(default=0)
    excess = models.BigIntegerField(default=0)  # what a named role allowed beyond the credit

    objects = EntryQuerySet.as_manager()

    class Meta:
        ordering = ["register", "number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="entry_number_unique"),
            models.UniqueConstraint(
                fields=["register", "key"],
                name="entry_key_unique",
                violation_error_message=_("The register has a line with this key already."),
            ),
            models.CheckConstraint(
                name="entry_not_overdrawn",
                condition=Q(credit=None)
                | Q(credit__gte=F("reserved") + F("consumed") - F("excess")),
                violation_error_message=_("The line has not enough left."),
            ),
            models.CheckConstraint(
                name="entry_amounts_positive",
                condition=Q(reserved__gte=0, consumed__gte=0, excess__gte=0),
                violation_error_message=_("Amounts cannot be negative."),
            ),
        ]
        indexes = [models.Index(F("register"), F("number").desc(), name="entry_newest")]

    def __str__(self) -> str:
        return self.label or self.key

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def available(self) -> int:
        """What may still be reserved."""
        return (self.credit or 0) - self.reserved - self.consumed

    @property
    def available_money(self) -> Money:
        return self.money(self.available)

    def money(self, amount: int) -> Money:
        return Money(amount, self.register.currency)


class EntryRevision(models.Model):
    """What an entry said after each change, who wrote it and why."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=20)  # added, changed, closed, reopened
    values = models.JSONField(default=dict)
    author = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="entry_revision_unique")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} r{self.number}"


class Hold(models.TextChoices):
    HELD = "held", _("Reserved")
    CONSUMED = "consumed", _("Spent")
    FREED = "freed", _("Freed")


class ReservationQuerySet(models.QuerySet):
    def of(self, owner: str) -> Self:
        return self.filter(owner=owner)

    def standing(self) -> Self:
        return self.exclude(state=Hold.FREED)


class Reservation(models.Model):
    """What stands on a line in somebody's name: `owner` is a key such as `case:…`."""

    owner = models.CharField(max_length=80, db_index=True)
    purpose = models.CharField(max_length=60)  # the rule of the e-service that made it
    label = models.CharField(max_length=200)  # what people call the owner: a reference
    state = models.CharField(max_length=10, choices=Hold.choices, default=Hold.HELD)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        abstract = True


class AmountReservation(Reservation):
    """An amount set aside on a line with a balance, later spent or freed."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="amounts")
    amount = models.BigIntegerField()
    spent = models.BigIntegerField(default=0)
    excess = models.BigIntegerField(default=0)  # how much of it goes beyond the credit, as allowed

    class Meta(Reservation.Meta):
        abstract = False
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "purpose"],
                condition=~Q(state="freed"),
                name="amount_reserved_once",
                violation_error_message=_("This amount is reserved already."),
            ),
            models.CheckConstraint(
                name="amount_positive", condition=Q(amount__gte=0, spent__gte=0, excess__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.amount}"

    @property
    def money(self) -> Money:
        return self.entry.money(self.amount)


class PeriodReservation(Reservation):
    """A time during which a line (a driver, a vehicle, a room) is taken; the end is not included."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.PROTECT, related_name="periods")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta(Reservation.Meta):
        abstract = False
        ordering = ["starts_at", "pk"]
        # On PostgreSQL migration 0002 adds an exclusion constraint: two periods of one line that
        # stand never overlap. On SQLite there is one writer at a time, and the service looks first.
        constraints = [
            models.CheckConstraint(
                name="period_not_empty",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The period ends before it starts."),
            ),
        ]
        indexes = [
            models.Index(
                F("entry"), F("starts_at"), condition=~Q(state="freed"), name="period_standing"
            )
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.starts_at:%Y-%m-%d}"
