"""People and offices. Applicant and agent are roles, not classes."""

import secrets
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.accounts.phones import readable_phone
from portal.core.models import WorkCalendar
from portal.core.texts import pick


def new_username() -> str:
    """Return the internal name of an account; nobody is ever asked for it."""
    return "u" + secrets.token_hex(10)


def person_name(full_name: str, email: str, phone: str, username: str) -> str:
    """Return how a person is called wherever a name is shown."""
    return full_name or email or readable_phone(phone) or username


class User(AbstractUser):
    """A person who signs in: by phone or mail; staff with a second factor too."""

    username = models.CharField(
        _("internal name"), max_length=150, unique=True, default=new_username
    )
    # One field: a Djiboutian name has three parts, none of which is a "last name".
    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    phone_verified = models.BooleanField(_("phone verified"), default=False)
    language = models.CharField(_("language"), max_length=5, blank=True)

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                fields=["phone"],
                condition=~Q(phone=""),
                name="user_phone_unique",
                violation_error_message=_("Another account has this phone number."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_unique",
                violation_error_message=_("Another account has this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return person_name(self.full_name, self.email, self.phone, self.username)

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    # Django's two name columns give way to one; these keep what reads them (the CMS) working.
    @property
    def first_name(self) -> str:  # type: ignore[override]
        return self.full_name

    @property
    def last_name(self) -> str:  # type: ignore[override]
        return ""

    @property
    def is_agent(self) -> bool:
        return self.office_memberships.exists()

    def offices(self, role: str | None = None) -> "OfficeQuerySet":
        """Return the offices where this person works, in `role` when it is given."""
        return Office.objects.of(self, role)

    def function_in(self, office_id: int, role: str = "") -> str:
        """Return what this person is called there ("Secretary general"); empty when nobody said.

        Who has several roles in the office is called by that of `role` first.
        """
        rows = self.office_memberships.filter(office=office_id).exclude(function="").order_by("pk")
        said = dict(rows.values_list("role", "function"))
        return said.get(role) or next(iter(said.values()), "")


class Territory(models.Model):
    """A part of the country: a department, a commune. Offices serve it, sites speak for it."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", _("Department")
        COMMUNE = "commune", _("Commune")

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.JSONField(_("name"), default=dict)  # {"fr": …, "ar": …}: read with name_in()
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    country = models.CharField(_("country"), max_length=2)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="department") | Q(parent__isnull=False),
                name="territory_commune_in_department",
                violation_error_message=_("A commune is part of a department."),
            )
        ]

    def __str__(self) -> str:
        return self.name_in("fr")

    def name_in(self, language: str | None = None) -> str:
        """Return the territory's name in `language`, by default the active one."""
        return pick(self.name, language) or self.code


class OfficeQuerySet(models.QuerySet["Office"]):
    def real(self) -> Self:
        """Leave out the offices where people only practise."""
        return self.filter(is_training=False)

    def open(self) -> Self:
        return self.filter(is_active=True)

    def of(self, user: User, role: str | None = None) -> Self:
        """Offices where `user` works, in `role` when it is given."""
        memberships = OfficeMembership.objects.filter(user=user)
        if role:
            memberships = memberships.filter(role=role)
        return self.filter(pk__in=memberships.values("office"))


class Office(models.Model):
    """A place or service of the administration; offices form one tree."""

    code = models.SlugField(_("code"), unique=True)
    name = models.JSONField(_("name"), default=dict)  # {"fr": …, "ar": …}: read with name_in()
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("part of"),
    )
    country = models.CharField(_("country"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=40, default="UTC")
    calendar = models.ForeignKey(WorkCalendar, on_delete=models.PROTECT, verbose_name=_("calendar"))
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    other_phones = models.CharField(
        _("other phones"), max_length=120, blank=True, help_text=_("Separated by commas.")
    )
    email = models.EmailField(_("mail"), blank=True)
    territory = models.ForeignKey(
        Territory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offices",
        verbose_name=_("territory"),
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True
    )
    is_active = models.BooleanField(_("open"), default=True)
    # Nothing leaves it: no message, no payment; it is in no figure and its documents are worth nothing.
    is_training = models.BooleanField(_("for training only"), default=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=models.F("id")),
                name="office_not_its_own_parent",
                violation_error_message=_("An office cannot be part of itself."),
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="office_somewhere_on_earth",
                violation_error_message=_("Give both a latitude and a longitude, in degrees."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_in("fr")

    @property
    def practises(self) -> bool:
        """Whether nothing here is real: this office, or the whole installation, is for training."""
        return self.is_training or settings.TRAINING

    def name_in(self, language: str | None = None) -> str:
        """Return the office's name in `language`, by default the active one."""
        return pick(self.name, language) or self.code


class OfficeHours(models.Model):
    """One stretch of time in which the counter is open, each week."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField(_("day"))  # 0 is Monday
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        ordering = ["weekday", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=models.F("opens"), weekday__lte=6),
                name="office_hours_in_order",
                violation_error_message=_("The counter closes after it opens."),
            ),
            models.UniqueConstraint(
                fields=["office", "weekday", "opens"], name="office_hours_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens:%H:%M}-{self.closes:%H:%M}"


class OfficeClosure(models.Model):
    """Days on which the counter is closed although the week says otherwise."""

    office = models.ForeignKey(Office, on_delete=models.CASCADE, related_name="closures")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=160, blank=True)

    class Meta:
        ordering = ["first"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=models.F("first")),
                name="office_closure_in_order",
                violation_error_message=_("The last day is before the first one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first:%Y-%m-%d} – {self.last:%Y-%m-%d}"


class Role(models.TextChoices):
    AGENT = "agent", _("Agent")
    CHIEF = "chief", _("Chief of service")
    CASHIER = "cashier", _("Cashier")


class OfficeMembership(models.Model):
    """What a person may do in one office."""

    office = models.ForeignKey(
        Office, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("office")
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="office_memberships", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.AGENT)
    function = models.CharField(
        _("function"),
        max_length=120,
        blank=True,
        db_default="",
        default="",
        help_text=_("As it stands under a signature, for example “Secretary general”."),
    )

    class Meta:
        verbose_name = _("office member")
        verbose_name_plural = _("office members")
        ordering = ["office", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "user", "role"],
                name="membership_unique",
                violation_error_message=_("This person already has this role in this office."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} @ {self.office} ({self.role})"
