"""The journal as lines of JSON that anybody can check without us."""

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from portal.audit.models import AuditLink
from portal.audit.services import UTC


def lines(first: date | None = None, last: date | None = None) -> Iterator[str]:
    """Yield the chained lines of these days, oldest first.

    `sha256(position \\n previous \\n seal \\n line)` is `digest`, with `line` written as canonical
    JSON (sorted keys, no spaces, UTF-8).
    """
    links = AuditLink.objects.select_related("line").order_by("position")
    if first:
        links = links.filter(chained_at__gte=datetime.combine(first, time.min, tzinfo=UTC))
    if last:
        end = datetime.combine(last + timedelta(days=1), time.min, tzinfo=UTC)
        links = links.filter(chained_at__lt=end)
    for link in links.iterator():
        row = {
            "position": link.position,
            "previous": link.previous,
            "digest": link.digest,
            "seal": link.line.seal,
            "line": link.line.content(),
        }
        yield json.dumps(row, ensure_ascii=False, sort_keys=True)
