"""What a citizen is still writing. No agent ever sees it; it is deleted when sent or forgotten."""

import uuid
from collections.abc import Collection
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from eservices.catalog.models import EService, EServiceVersion
from portal.accounts.models import Office, User


class AccreditationQuerySet(models.QuerySet["Accreditation"]):
    def valid(self) -> Self:
        return self.filter(is_active=True, valid_until__gte=timezone.localdate())


class Accreditation(models.Model):
    """The right to fill in requests for other people, at a place and until a day."""

    user = models.OneToOneField(
        User, on_delete=models.PROTECT, related_name="accreditation", verbose_name=_("person")
    )
    number = models.CharField(_("accreditation number"), max_length=40, unique=True)
    place = models.CharField(_("place"), max_length=120, help_text=_("Where this person helps."))
    valid_until = models.DateField(_("valid until"))
    is_active = models.BooleanField(_("active"), default=True)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        verbose_name = _("accredited helper")
        verbose_name_plural = _("accredited helpers")
        ordering = ["place", "number"]

    def __str__(self) -> str:
        return f"{self.user} ({self.number}, {self.place})"


class DraftQuerySet(models.QuerySet["Draft"]):
    def for_applicant(self, user: User) -> Self:
        return self.filter(owner=user)

    def helped_by(self, user: User) -> Self:
        """Drafts that `user` fills in for people who agreed."""
        return self.filter(
            helper=user,
            helped_at__isnull=False,
            helper__accreditation__in=Accreditation.objects.valid(),
        )

    def for_holder(
        self, user: User | None, keys: Collection[uuid.UUID], proven: Collection[uuid.UUID] = ()
    ) -> Self:
        """Drafts of the account, drafts without owner whose key this browser holds, and those that
        a code sent by SMS has opened here."""
        held = Q(owner=None, pk__in=keys)
        held &= Q(helper=None)  # while somebody helps, it is his browser that writes
        if proven:
            held |= Q(pk__in=proven)
        if user:
            held |= Q(owner=user)
            held |= Q(
                helper=user,
                helped_at__isnull=False,
                helper__accreditation__in=Accreditation.objects.valid(),
            )
        return self.filter(held)

    def saved_with(self, phone: str) -> Self:
        """Drafts whose link was sent to `phone`, or that this phone agreed to, newest first."""
        agreed = Q(helper=None) | Q(helped_at__isnull=False)
        return self.filter(agreed, phone=phone).exclude(phone="").order_by("-saved_at")

    def with_version(self) -> Self:
        """Load what every page of the way needs in one query, the spec left out."""
        return self.select_related("version", "eservice").defer(
            "version__spec", "eservice__definition"
        )

    def expired(self) -> Self:
        return self.filter(expires_at__lt=timezone.now())


class Draft(models.Model):
    """An unfinished request. Its key is unguessable; whoever holds it may continue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    eservice = models.ForeignKey(EService, on_delete=models.CASCADE)
    version = models.ForeignKey(EServiceVersion, on_delete=models.PROTECT)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.CASCADE)
    language = models.CharField(max_length=5, default="fr")
    # Where the person chose to file, and the fees that this office set itself on that day.
    office = models.ForeignKey(Office, null=True, blank=True, on_delete=models.PROTECT)
    own_fees = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict)
    steps_done = models.JSONField(default=list)
    # The last save of each window that writes, so that one delivered twice or late changes nothing.
    saves = models.JSONField(default=dict)
    # What a new version of the service changed for this draft, until the person has seen it.
    news = models.JSONField(default=dict)
    # What of the person's own was taken over, from where, with consent, when: told and kept.
    reused = models.JSONField(default=list)
    phone = models.CharField(max_length=20, blank=True)  # where the way back is sent
    # Who fills this in for somebody else; nobody else's once `helped_at` says the person agreed.
    helper = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    helped_at = models.DateTimeField(null=True)
    closing_told = models.CharField(
        max_length=40, blank=True
    )  # the last closing the person was told
    created_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    warned_at = models.DateTimeField(null=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(F("owner"), F("saved_at").desc(), name="draft_owner"),
            models.Index(F("expires_at"), name="draft_expiry"),
            models.Index(F("helper"), condition=Q(helper__isnull=False), name="draft_helper"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Purpose(models.TextChoices):
    RESUME = "resume", _("Resume a draft")
    HELP = "help", _("Let somebody help")
    TRACK = "track", _("Follow a request")


class AccessCode(models.Model):
    """A short code sent by SMS that opens one draft or one request. Only its hash is kept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    # Null when nothing matched what was typed: the answer must look the same.
    target = models.UUIDField(null=True)
    code_hash = models.CharField(max_length=128)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.purpose} {self.created_at:%Y-%m-%d %H:%M}"
