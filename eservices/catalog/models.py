"""E-services: what editors configure, and the frozen versions that citizens file under."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.accounts.models import Office
from portal.core.money import Money
from portal.core.texts import pick

ZONE_SECONDS = 60  # how long a process remembers the zone of an office
MOST_ZONES = 256
OpeningState = Literal["open", "not_yet", "closed", "full", "suspended", "unpublished", "internal"]


@dataclass(frozen=True)
class Opening:
    """Whether requests are accepted now, and what to tell people when they are not."""

    state: OpeningState
    message: str = ""

    @property
    def is_open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True)
class Price:
    """One line of the published tariff: `unit` each, `per` what (empty: once per request)."""

    label: str
    unit: Money
    per: str


class EServiceQuerySet(models.QuerySet["EService"]):
    def published(self) -> Self:
        """E-services with a version to file under; their specs are not loaded."""
        return self.exclude(current=None).select_related("current").defer("current__spec")

    def annotate_offices(self) -> Self:
        """Add `listed_offices`: where the current version may be processed."""
        return self.annotate(listed_offices=F("current__spec__offices"))


class EService(models.Model):
    """The online counter of a procedure. Its content is data: see `EServiceVersion.spec`."""

    slug = models.SlugField(gettext_lazy("short name"), max_length=80, unique=True)
    code = models.CharField(gettext_lazy("code"), max_length=20, unique=True)
    title = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    country = models.CharField(max_length=2)
    definition = models.JSONField(default=dict)  # what an editor works on; nobody files under it
    current = models.ForeignKey(
        "EServiceVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opens_at = models.DateTimeField(gettext_lazy("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(gettext_lazy("closes"), null=True, blank=True)
    is_suspended = models.BooleanField(gettext_lazy("suspended"), default=False)
    suspended_message = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
    # The number of the saved revision that `definition` is, and of the one that was published last.
    revision = models.PositiveIntegerField(default=0)
    published_revision = models.PositiveIntegerField(default=0)

    objects = EServiceQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("e-service")
        verbose_name_plural = gettext_lazy("e-services")
        ordering = ["code"]
        permissions = [("publish_eservice", "Can publish, open and close e-services")]

    def __str__(self) -> str:
        return f"{self.code} {self.title_in('fr')}"

    def title_in(self, language: str | None = None) -> str:
        return pick(self.title, language) or self.slug

    def summary_in(self, language: str | None = None) -> str:
        return pick(self.summary, language)

    @property
    def office_codes(self) -> list[str]:
        """The codes of the offices that handle the requests made online."""
        return list(self.current.spec.get("offices", [])) if self.current else []

    @property
    def has_changes(self) -> bool:
        """Whether the definition was changed since the last publication."""
        return self.current_id is None or self.revision != self.published_revision

    @property
    def start_url(self) -> str:
        return reverse("filing:start", args=[self.slug])

    def opening(self, now: datetime | None = None) -> Opening:
        """Return whether requests are accepted at `now`, with the sentence to show if not."""
        now = now or timezone.now()
        if self.current_id is None:
            return Opening("unpublished", _("This request cannot be made online yet."))
        if self.is_suspended:
            text = pick(self.suspended_message)
            return Opening(
                "suspended", text or _("This service is suspended. Please come back later.")
            )
        if self.opens_at and now < self.opens_at:
            day = self._moment(self.opens_at)
            return Opening("not_yet", _("Requests open on %(day)s.") % {"day": day})
        if self.closes_at and now >= self.closes_at:
            day = self._moment(self.closes_at)
            return Opening("closed", _("Requests closed on %(day)s.") % {"day": day})
        return Opening("open")

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone in which its people and its editors read times."""
        return self.current.time_zone if self.current else ZoneInfo(settings.TIME_ZONE)

    def _moment(self, at: datetime) -> str:
        return date_format(timezone.localtime(at, self.time_zone), "DATETIME_FORMAT")

    def prices(
        self, language: str | None = None, fees: Mapping[str, int] | None = None
    ) -> list[Price]:
        """Return the tariff lines whose unit price does not depend on the answers.

        `fees` are those that an office sets itself.
        """
        return self.current.prices(language, fees) if self.current else []

    def price_text(self, language: str | None = None, fees: Mapping[str, int] | None = None) -> str:
        """Return the price in words, such as “500 FDJ per copy”; “Free” when there is no fee."""
        prices = self.prices(language, fees)
        if not prices:
            has_rules = bool(self.current and self.current.spec.get("fees"))
            return _("Depends on your answers") if has_rules else _("Free")
        parts = [
            _("%(amount)s per %(unit)s") % {"amount": price.unit, "unit": price.per}
            if price.per
            else str(price.unit)
            for price in prices
        ]
        return " + ".join(parts)

    def delay_text(self, language: str | None = None) -> str:
        """Return the announced delay in words; empty when none is announced."""
        return self.current.delay_text() if self.current else ""


class EServiceVersion(models.Model):
    """A published definition: numbered, compiled, never changed again."""

    eservice = models.ForeignKey(EService, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    spec = models.JSONField()
    spec_sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.TextField(blank=True)  # why, in the words of who published it

    class Meta:
        ordering = ["eservice", "number"]
        constraints = [
            models.UniqueConstraint(fields=["eservice", "number"], name="version_number_unique"),
            models.UniqueConstraint(fields=["eservice", "spec_sha256"], name="version_spec_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.eservice.slug} v{self.number}"

    @property
    def time_zone(self) -> ZoneInfo:
        """The zone in which people read the times of this e-service: that of its first office.

        An office whose zone is changed is followed within a minute.
        """
        return _time_zone(self.spec_sha256, self.pk)

    def prices(
        self, language: str | None = None, fees: Mapping[str, int] | None = None
    ) -> list[Price]:
        own = fees or {}
        return [
            Price(
                label=pick(fee["label"], language),
                unit=Money(own.get(fee["code"], fee["unit"]), self.spec["currency"]),
                per=pick(fee.get("per"), language),
            )
            for fee in self.spec.get("fees", [])
            if isinstance(fee["unit"], int) and not fee.get("show_if")
        ]

    def delay_text(self) -> str:
        delay: dict[str, Any] = self.spec.get("delay") or {}
        if hours := delay.get("hours"):
            return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
        if days := delay.get("working_days"):
            return ngettext("%(n)d working day", "%(n)d working days", days) % {"n": days}
        return ""


_zones: dict[tuple[str, int], tuple[float, ZoneInfo]] = {}  # read when, by version


def _time_zone(digest: str, version_id: int) -> ZoneInfo:
    known = _zones.get((digest, version_id))
    if known is None or time.time() - known[0] > ZONE_SECONDS:
        if len(_zones) >= MOST_ZONES:
            _zones.clear()
        known = _zones[digest, version_id] = time.time(), _read_time_zone(version_id)
    return known[1]


def _read_time_zone(version_id: int) -> ZoneInfo:
    spec = EServiceVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    offices = Office.objects.filter(code__in=spec.get("offices", ())).order_by("pk")
    return ZoneInfo(offices.values_list("time_zone", flat=True).first() or settings.TIME_ZONE)


class EServiceRevision(models.Model):
    """The definition of an e-service as somebody saved it; the history of its draft.

    An aside is what could not be saved, because somebody else had changed the same place meanwhile:
    it is kept to be compared and taken over.
    """

    eservice = models.ForeignKey(EService, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField(default=0)  # the revision it was made from
    definition = models.JSONField()
    summary = models.CharField(max_length=300, blank=True)
    is_aside = models.BooleanField(default=False)
    saved_at = models.DateTimeField(default=timezone.now)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["eservice", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["eservice", "number"], name="revision_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.eservice.slug} r{self.number}"


class LocalOfferQuerySet(models.QuerySet["LocalOffer"]):
    def standing(self) -> Self:
        """Offers that are not withdrawn, of offices that are open."""
        return self.filter(is_active=True, office__is_active=True)


class LocalOffer(models.Model):
    """An office of a commune handles a national e-service, at fees within the national ceilings."""

    eservice = models.ForeignKey(EService, on_delete=models.PROTECT, related_name="local_offers")
    office = models.ForeignKey(Office, on_delete=models.PROTECT, related_name="local_offers")
    fees = models.JSONField(default=dict, blank=True)  # {fee code: amount}; the others are national
    deliberation = models.CharField(gettext_lazy("deliberation"), max_length=200, blank=True)
    is_active = models.BooleanField(gettext_lazy("offered"), default=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LocalOfferQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("service offered by a commune")
        verbose_name_plural = gettext_lazy("services offered by communes")
        ordering = ["eservice", "office"]
        constraints = [
            models.UniqueConstraint(fields=["eservice", "office"], name="local_offer_unique")
        ]

    def __str__(self) -> str:
        return f"{self.eservice.code} @ {self.office.code}"
