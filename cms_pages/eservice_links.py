"""The one place where a guide meets its e-service: is it open, what does it cost, how long is it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms_pages.models.rows import Channel
from eservices.catalog.models import EService
from portal.core.money import Money
from portal.core.texts import pick

LEFT_TO_RIGHT, END = "\u2066", "\u2069"  # invisible marks around a run of text


@dataclass(frozen=True)
class OnlineLink:
    """How to make the request online, at the moment of asking."""

    state: str  # open, not_yet, closed, suspended, unpublished, elsewhere
    url: str
    message: str = ""
    price: str = ""
    delay: str = ""
    closes: datetime | None = None  # requests end on a day that is known
    price_lines: list[tuple[str, str]] = field(default_factory=list)  # asked in some cases only

    @property
    def can_start(self) -> bool:
        return self.state in {"open", "elsewhere"}

    @property
    def is_elsewhere(self) -> bool:
        return self.state == "elsewhere"


def online_link(
    channels: Iterable[Channel],
    language: str,
    *,
    office_code: str = "",
    fees: Mapping[str, int] | None = None,
) -> OnlineLink | None:
    """Return the online way of a guide, None when there is none to announce.

    Price and delay come from the published e-service itself, so the guide cannot say otherwise.
    With `office_code` the request begins at that office, at its `fees`.
    """
    place = f"?{urlencode({'lieu': office_code})}" if office_code else ""
    for channel in channels:
        if channel.eservice is not None and channel.eservice.current_id is not None:
            opening = channel.eservice.opening()
            return OnlineLink(
                state=opening.state,
                url=channel.eservice.start_url + place,
                message=opening.message,
                price=_readable_both_ways(channel.eservice, language, fees),
                delay=channel.eservice.delay_text(language),
                closes=channel.eservice.closes_at if opening.is_open else None,
                price_lines=_conditional_prices(channel.eservice, language, fees or {}),
            )
        if channel.url and channel.kind == Channel.Kind.ONLINE:
            return OnlineLink(state="elsewhere", url=channel.url)
    return None


def guide_path(eservice: EService, language: str) -> str:
    """Return the path of the guide that leads to `eservice`; empty when no page is shown."""
    shown = Channel.objects.filter(
        eservice=eservice, page__live=True, page__locale__language_code=language
    )
    return shown.order_by("page__depth").values_list("page__url_path", flat=True).first() or ""


def maturity(channels: Iterable[Channel], body: Iterable[Any]) -> int:
    """Return how far a procedure is online (EBK-1), worked out from what is configured.

    1 information, 2 a form to download, 3 online deposit, 4 wholly online with payment and delivery.
    Level 5, a service that acts before it is asked, cannot be configured yet: it is never claimed.
    """
    level = 2 if any(block.block_type == "file" for block in body) else 1
    for channel in channels:
        version = channel.eservice.current if channel.eservice else None
        if version is not None:
            return 4 if version.spec.get("documents") else 3
        if channel.url and channel.kind == Channel.Kind.ONLINE:
            level = 3
    return level


def measured(channels: Iterable[Channel]) -> str:
    """Return how long the e-service of a guide really took; empty when too few know."""
    ids = [channel.eservice_id for channel in channels if channel.eservice_id]
    found = (
        apps.get_model("cms_pages", "MeasuredDelay")  # models of pages need this module
        .objects.filter(eservice__in=ids)
        .first()
        if ids
        else None
    )
    if found is None:
        return ""
    delay = delay_in_words(found.median_hours)
    return _("Half of the requests were decided within %(delay)s.") % {"delay": delay}


def delay_in_words(hours: int) -> str:
    """Return a delay as it is told: whole hours below two days, whole days above."""
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours or 1) % {"n": hours or 1}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


def figures_path(channels: Iterable[Channel]) -> str:
    """Return the address of the published figures of a guide's e-service; empty without one."""
    for channel in channels:
        if channel.eservice is not None and channel.eservice.current_id is not None:
            return reverse("cms_pages:procedure_figures", args=[channel.eservice.slug])
    return ""


def office_codes(channels: Iterable[Channel]) -> list[str]:
    """Return the codes of the offices that handle the requests made online."""
    versions = [channel.eservice.current for channel in channels if channel.eservice]
    return [code for version in versions if version for code in version.spec.get("offices", [])]


def _readable_both_ways(eservice: EService, language: str, fees: Mapping[str, int] | None) -> str:
    """Return the price with each amount kept together: in Arabic the rest runs the other way."""
    text = eservice.price_text(language, fees)
    for amount in {str(price.unit) for price in eservice.prices(language, fees)}:
        text = text.replace(amount, f"{LEFT_TO_RIGHT}{amount}{END}")
    return text


def _conditional_prices(
    eservice: EService, language: str, own: Mapping[str, int]
) -> list[tuple[str, str]]:
    """Return the fixed fees that only some answers call for, so that nobody is left with a riddle."""
    spec = eservice.current.spec if eservice.current else {}
    return [
        (
            pick(fee["label"], language),
            str(Money(own.get(fee["code"], fee["unit"]), spec["currency"])),
        )
        for fee in spec.get("fees", [])
        if isinstance(fee["unit"], int) and fee.get("show_if")
    ]


def opening_dates() -> list[datetime | None]:
    """Return every date at which an e-service opens or closes."""
    pairs = EService.objects.values_list("opens_at", "closes_at")
    return [date for pair in pairs for date in pair]
