"""What several pages share: administrations and alerts."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin


class Organisation(TranslatableMixin, models.Model):
    """An administration that answers for procedures (cv:PublicOrganisation)."""

    code = models.SlugField(_("code"), max_length=80)
    name = models.CharField(_("name"), max_length=200)
    acronym = models.CharField(_("acronym"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=120, blank=True)
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
        verbose_name=_("belongs to"),
    )
    territory = models.CharField(_("territory"), max_length=120, blank=True)
    address = models.TextField(_("address"), blank=True)
    phone = models.CharField(_("phone"), max_length=80, blank=True)
    email = models.EmailField(_("mail"), blank=True)
    hours = models.CharField(_("opening hours"), max_length=250, blank=True)
    website = models.URLField(_("web site"), blank=True)

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("administration")
        verbose_name_plural = _("administrations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["code", "locale"],
                name="organisation_code_unique",
                violation_error_message=_("Another administration has this code."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.acronym})" if self.acronym else self.name


class AlertQuerySet(models.QuerySet["Alert"]):
    def showing(self) -> Self:
        """Alerts whose period is not over; those to come are included, see `Alert.is_on`."""
        over = Q(ends_at__isnull=False, ends_at__lte=timezone.now())
        return self.filter(is_active=True).exclude(over)


class Alert(TranslatableMixin, models.Model):
    """A message at the top of every page, for as long as it matters."""

    class Level(models.TextChoices):
        INFO = "info", _("Information")
        WARNING = "warning", _("Warning")
        DANGER = "danger", _("Danger")

    level = models.CharField(_("level"), max_length=10, choices=Level.choices, default=Level.INFO)
    title = models.CharField(_("title"), max_length=120)
    text = models.CharField(_("text"), max_length=400, blank=True)
    link = models.CharField(_("link"), max_length=250, blank=True)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    is_active = models.BooleanField(_("shown"), default=True)

    objects = AlertQuerySet.as_manager()

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.title

    def is_on(self) -> bool:
        now = timezone.now()
        return (
            self.is_active
            and (self.starts_at is None or self.starts_at <= now)
            and (self.ends_at is None or now < self.ends_at)
        )
