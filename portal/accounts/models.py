"""People and offices. Applicant and agent are roles, not classes."""

from typing import Self

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import WorkCalendar
from portal.core.texts import pick


class User(AbstractUser):
    """A person who signs in: by phone or mail; staff with a second factor too."""

    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    language = models.CharField(_("language"), max_length=5, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(phone=""),
                name="user_phone_unique",
                violation_error_message=_("Another account has this phone number."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.phone or self.username

    @property
    def is_agent(self) -> bool:
        return self.office_memberships.exists()


class OfficeQuerySet(models.QuerySet["Office"]):
    def open(self) -> Self:
        return self.filter(is_active=True)


class Office(models.Model):
    """A place or service of the administration; offices form one tree."""

    code = models.SlugField(_("code"), unique=True)
    name = models.JSONField(_("name"), default=dict)  # {"fr": …, "ar": …}: read with name_in()
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    country = models.CharField(_("country"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    is_active = models.BooleanField(_("open"), default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name_in("fr")

    def name_in(self, language: str | None = None) -> str:
        """Return the office's name in `language`, by default the active one."""
        return pick(self.name, language) or self.code


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    CHIEF = "chief", _("Chief of service")
    CASHIER = "cashier", _("Cashier")


class OfficeMembership(models.Model):
    """What a person may do in one office."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="office_memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["office", "user", "role"], name="membership_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.office} ({self.role})"
