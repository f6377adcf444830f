"""Debts, the attempts to pay them, the ledger, and the notices of providers."""

import uuid
from datetime import datetime
from typing import Any, NoReturn, Self

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.payments.machine import ACTIVE, AttemptState, Expectation
from eservices.payments.providers.base import Handle
from portal.accounts.models import Office, User
from portal.core.money import EXPONENTS, Money

CURRENCIES = sorted(EXPONENTS)
REFERENCE = RegexValidator(r"^[A-Z0-9-]{4,25}\Z", _("Use 4 to 25 capitals, digits and hyphens."))


class PaymentStatus(models.TextChoices):
    PENDING = "pending", _("To pay")
    SUCCEEDED = "succeeded", _("Paid")
    CANCELLED = "cancelled", _("Cancelled")
    REFUNDED = "refunded", _("Refunded")


class Payment(models.Model):
    """The debt of one request. Its lines are frozen; its status is what the ledger says."""

    reference = models.CharField(max_length=25, unique=True, validators=[REFERENCE])
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    lines = models.JSONField()
    description = models.CharField(max_length=200)
    status = models.CharField(
        max_length=12, choices=PaymentStatus.choices, default=PaymentStatus.PENDING
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    paid_at = models.DateTimeField(null=True, editable=False)
    receipt_series = models.CharField(max_length=40)
    receipt_number = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="payment_amount_positive",
                violation_error_message=_("An amount to pay is above zero."),
            ),
            models.CheckConstraint(
                condition=Q(currency__in=CURRENCIES),
                name="payment_currency_known",
                violation_error_message=_("This currency is not known."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=PaymentStatus.values),
                name="payment_status_known",
                violation_error_message=_("This status is not known."),
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=["succeeded", "refunded"], paid_at__isnull=False)
                    & ~Q(receipt_number="")
                )
                | Q(status__in=["pending", "cancelled"], paid_at=None, receipt_number=""),
                name="payment_paid_has_date_and_receipt",
                violation_error_message=_("What is paid has a date and a receipt, and only that."),
            ),
            models.UniqueConstraint(
                fields=["receipt_number"],
                condition=~Q(receipt_number=""),
                name="payment_receipt_unique",
                violation_error_message=_("This receipt number is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_paid(self) -> bool:
        return self.status == PaymentStatus.SUCCEEDED


class TillSession(models.Model):
    """The notes and coins of one cashier, from what was counted at the start to the last count."""

    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="+")
    cashier = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    opened_at = models.DateTimeField(default=timezone.now, editable=False)
    opening = models.BigIntegerField(default=0)
    closed_at = models.DateTimeField(null=True, editable=False)
    expected = models.BigIntegerField(null=True)  # the opening and what was taken
    counted = models.BigIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)  # why the two differ

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "cashier"],
                condition=Q(closed_at=None),
                name="till_open_once",
                violation_error_message=_("Your till is open already."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, expected=None, counted=None)
                | Q(closed_at__isnull=False, expected__isnull=False, counted__isnull=False),
                name="till_closed_is_counted",
                violation_error_message=_("A till that is closed was counted."),
            ),
            models.CheckConstraint(
                condition=Q(opening__gte=0) & (Q(counted=None) | Q(counted__gte=0)),
                name="till_holds_no_less_than_nothing",
                violation_error_message=_("A till holds nothing or more."),
            ),
            models.CheckConstraint(
                condition=Q(counted=None) | Q(counted=F("expected")) | ~Q(note=""),
                name="till_difference_is_explained",
                violation_error_message=_("Say why the till does not hold what it should."),
            ),
        ]
        indexes = [models.Index(fields=["office", "opened_at"], name="till_office")]

    def __str__(self) -> str:
        return f"{self.office_id}: {self.opened_at:%Y-%m-%d}"

    @property
    def difference(self) -> int:
        """What is too much (above zero) or missing (below)."""
        return (self.counted or 0) - (self.expected or 0)


class PaymentAttemptQuerySet(models.QuerySet["PaymentAttempt"]):
    def active(self) -> Self:
        """Attempts that a payer may still complete as far as we know."""
        return self.filter(state__in=ACTIVE)

    def due(self, now: datetime) -> Self:
        """Attempts whose provider should be asked again, the longest waiting first."""
        return self.filter(next_poll_at__lte=now).order_by("next_poll_at", "pk")


class PaymentAttempt(models.Model):
    """One try to pay a debt. Key and parameters are written before the provider is called."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    provider = models.CharField(max_length=20)
    livemode = models.BooleanField()
    state = models.CharField(
        max_length=20, choices=AttemptState.choices, default=AttemptState.CREATED
    )
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    create_key = models.CharField(max_length=255, unique=True)
    create_params = models.JSONField()
    provider_ref = models.CharField(max_length=255, null=True)  # noqa: DJ001 - unique when known
    provider_payment_id = models.CharField(max_length=255, blank=True)
    charge_id = models.CharField(max_length=255, null=True)  # noqa: DJ001 - unique when known
    redirect_url = models.TextField(blank=True)
    expires_at = models.DateTimeField()
    next_poll_at = models.DateTimeField(null=True)
    polls = models.PositiveSmallIntegerField(default=0)
    last_error_code = models.CharField(max_length=80, blank=True)
    till = models.ForeignKey(
        TillSession, null=True, on_delete=models.PROTECT, related_name="attempts"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PaymentAttemptQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=sorted(ACTIVE)),
                name="attempt_one_active_per_payment",
                violation_error_message=_("Another attempt to pay is under way."),
            ),
            models.UniqueConstraint(
                fields=["provider", "provider_ref"],
                name="attempt_provider_ref_unique",
                violation_error_message=_("This attempt of the provider is already known."),
            ),
            models.UniqueConstraint(
                fields=["provider", "charge_id"],
                name="attempt_charge_unique",
                violation_error_message=_("This charge is already known."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, currency__in=CURRENCIES),
                name="attempt_money_valid",
                violation_error_message=_("An amount is above zero, in a known currency."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=AttemptState.values),
                name="attempt_state_known",
                violation_error_message=_("This state is not known."),
            ),
        ]
        indexes = [
            models.Index(
                F("next_poll_at"), condition=~Q(next_poll_at=None), name="attempt_next_poll"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.id}"

    @property
    def expectation(self) -> Expectation:
        return Expectation(self.payment.reference, self.amount, self.currency, self.livemode)

    @property
    def handle(self) -> Handle:
        return Handle(self.provider_ref or "", self.provider_payment_id)


class AttemptEvent(models.Model):
    """A transition, and what proves it: evidence of the provider or the person who asked."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    from_state = models.CharField(max_length=20)
    to_state = models.CharField(max_length=20)
    cause = models.CharField(max_length=40)
    detail = models.CharField(max_length=200, blank=True)
    evidence = models.CharField(max_length=255, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(evidence="") | Q(actor__isnull=False),
                name="attempt_event_has_evidence_or_actor",
                violation_error_message=_("A transition needs evidence or a person."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"


class LedgerKind(models.TextChoices):
    DUE = "due", _("debt")
    CHARGE = "charge", _("money received")
    REFUND = "refund", _("money returned")
    CANCELLATION = "cancellation", _("debt cancelled")


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def update(self, **values: Any) -> NoReturn:
        raise TypeError("the ledger is append-only: write the opposite entry")

    def delete(self) -> NoReturn:
        raise TypeError("the ledger is append-only: write the opposite entry")


class LedgerEntry(models.Model):
    """One movement from one account to another: what is debited is credited, by construction.

    A charge of a provider appears once, whatever account it goes to: the constraint on kind and
    source is what makes a double credit impossible. A trigger refuses changes.
    """

    kind = models.CharField(max_length=12, choices=LedgerKind.choices)
    source = models.CharField(max_length=300)
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    livemode = models.BooleanField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="entries")
    attempt = models.ForeignKey(
        PaymentAttempt, null=True, on_delete=models.PROTECT, related_name="entries"
    )
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source"],
                name="ledger_source_once",
                violation_error_message=_("This movement is already in the ledger."),
            ),
            models.CheckConstraint(
                # Three letters, not our table: money in a strange currency must still be written.
                condition=Q(amount__gt=0) & ~Q(currency="") & ~Q(debit=F("credit")),
                name="ledger_movement_valid",
                violation_error_message=_("A movement is above zero, between two accounts."),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="ledger_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.source}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the ledger is append-only: write the opposite entry")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("the ledger is append-only: write the opposite entry")


class WebhookStatus(models.TextChoices):
    NEW = "new", _("received")
    DONE = "done", _("processed")
    UNMATCHED = "unmatched", _("nothing known under this number")
    IGNORED = "ignored", _("not for us")


class WebhookEvent(models.Model):
    """A signed notice, kept as received. It is a hint to go and look, never evidence."""

    provider = models.CharField(max_length=20)
    dedupe_key = models.CharField(max_length=255)
    type = models.CharField(max_length=100)
    object_ref = models.CharField(max_length=255)
    attempt_hint = models.CharField(max_length=36, blank=True)
    payment_hint = models.CharField(max_length=255, blank=True)
    livemode = models.BooleanField()
    created_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(default=timezone.now, editable=False)
    raw = models.BinaryField()
    status = models.CharField(
        max_length=10, choices=WebhookStatus.choices, default=WebhookStatus.NEW
    )
    tries = models.PositiveSmallIntegerField(default=0)
    processed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "dedupe_key"],
                name="webhook_event_once",
                violation_error_message=_("This notice was already received."),
            )
        ]
        indexes = [models.Index(fields=["received_at"], name="webhook_event_received")]

    def __str__(self) -> str:
        return f"{self.type} {self.object_ref}"
