"""Write the journal and its chain. The only writers of both; nothing ever changes a line (ADR 0012)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.audit import sealing
from portal.audit.models import FIRST, AuditHead, AuditLine, AuditLink
from portal.core.logs import request_id
from portal.outbox.services import publish

UTC = ZoneInfo("UTC")
BATCH = 2000
# A line is looked for among those of the last hour: a transaction that lasts longer is found at
# night, when the day is closed over everything.
LATELY = timedelta(hours=1)


class Actor(Protocol):
    """Whoever acts: an account, of which this layer knows the key and the name only."""

    @property
    def pk(self) -> Any: ...


def record(
    act: str,
    *,
    actor: Actor | None = None,
    role: str = "",
    office: str = "",
    subject: str = "",
    details: Mapping[str, str | int | bool | None] | None = None,
) -> AuditLine:
    """Write one line in the caller's transaction: it is there if and only if the act is.

    `act` is a fact in the past, `app.fact`; `subject` what it is about, as people name it.
    """
    given = {name: value for name, value in (details or {}).items() if value not in ("", None)}
    request = request_id.get()
    line = AuditLine(
        at=timezone.now(),
        act=act,
        actor_key=actor.pk if actor is not None else None,
        actor_name=str(actor)[:200] if actor is not None else "",
        role=role,
        office=office,
        subject=subject[:120],
        details=given,
        request="" if request == "-" else request[:32],
    )
    line.seal = sealing.seal(line.content())
    line.save(force_insert=True)
    return line


def chain(*, everything: bool = False) -> int:
    """Give the lines that wait their place in the chain, and return how many; any worker may try."""
    count = 0
    while done := _chain_some(None if everything else timezone.now() - LATELY):
        count += done
    return count


def _chain_some(since: datetime | None) -> int:
    try:
        with transaction.atomic():
            last = AuditLink.objects.order_by("-position").first()
            position, previous = (last.position, last.digest) if last else (0, FIRST)
            links = []
            for line in AuditLine.objects.unchained(since).order_by("pk")[:BATCH]:
                position += 1
                digest = sealing.digest(position, previous, line.content(), line.seal)
                sealed = sealing.link_seal(position, digest)
                links.append(
                    AuditLink(
                        position=position, line=line, previous=previous, digest=digest, seal=sealed
                    )
                )
                previous = digest
            AuditLink.objects.bulk_create(links)
            return len(links)
    except IntegrityError:
        return 0  # another worker gave these places at the same moment


def close_day(day: date) -> AuditHead | None:
    """Write down where the chain stood when `day` ended (UTC), once; None when it is empty still."""
    if found := AuditHead.objects.filter(day=day).first():
        return found
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=UTC)
    last = AuditLink.objects.filter(chained_at__lt=end).order_by("-position").first()
    if last is None:
        return None
    with transaction.atomic():
        head, created = AuditHead.objects.get_or_create(
            day=day, defaults={"position": last.position, "digest": last.digest}
        )
        if created:
            publish("audit.day_closed", day=day.isoformat())
    return head
