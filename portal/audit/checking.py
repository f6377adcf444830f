"""Is the journal whole? Reads everything, changes nothing, names what is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from portal.audit import sealing
from portal.audit.models import FIRST, AuditHead, AuditLine, AuditLink

# Chaining runs twice a minute; what waits longer was missed.
PATIENCE = timedelta(minutes=15)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong, and where."""

    kind: str  # altered, removed, replaced, unchained, cut
    position: int | None
    text: str

    def __str__(self) -> str:
        return self.text


def faults(known_head: tuple[int, str] | None = None) -> Iterator[Fault]:
    """Yield every fault, in the order of the chain. `known_head`: a position and digest from paper."""
    heads = {
        head.position: (head.digest, f"head of {head.day}") for head in AuditHead.objects.all()
    }
    if known_head:
        heads[known_head[0]] = (known_head[1], "head given")
    expected, previous = 1, FIRST
    for link in AuditLink.objects.select_related("line").order_by("position").iterator():
        yield from _gap(expected, link.position)
        is_next = link.position == expected
        yield from _link_faults(link, previous if is_next else None)
        if link.position in heads and heads[link.position][0] != link.digest:
            text = (
                f"line {link.position}: not the {heads[link.position][1]}; the chain was rewritten"
            )
            yield Fault("replaced", link.position, text)
        expected, previous = link.position + 1, link.digest
    for position, (_digest, name) in sorted(heads.items()):
        if position >= expected:
            text = f"lines {expected} to {position}: removed from the end, see the {name}"
            yield Fault("cut", expected, text)
    yield from _unchained()


def count() -> int:
    """Return how many lines are chained."""
    last = AuditLink.objects.order_by("-position").first()
    return last.position if last else 0


def _gap(expected: int, found: int) -> Iterator[Fault]:
    if found == expected + 1:
        yield Fault("removed", expected, f"line {expected}: removed")
    elif found > expected:
        yield Fault("removed", expected, f"lines {expected} to {found - 1}: removed")


def _link_faults(link: AuditLink, previous: str | None) -> Iterator[Fault]:
    line, content = link.line, link.line.content()
    where = f"line {link.position} ({line.act} {line.subject}, {line.at:%Y-%m-%d %H:%M:%S} UTC)"
    if not sealing.is_sealed(content, line.seal):
        yield Fault("altered", link.position, f"{where}: altered after it was written")
    elif link.digest != sealing.digest(link.position, link.previous, content, line.seal):
        yield Fault("replaced", link.position, f"{where}: not the line that was chained here")
    elif not sealing.is_link_sealed(link.position, link.digest, link.seal):
        yield Fault("replaced", link.position, f"{where}: the chain was rewritten here")
    elif previous is not None and link.previous != previous:
        yield Fault("replaced", link.position, f"{where}: does not follow the line before it")


def _unchained() -> Iterator[Fault]:
    late = AuditLine.objects.unchained().filter(at__lt=timezone.now() - PATIENCE)
    for line in late.order_by("pk")[:100]:
        kind = "unchained" if sealing.is_sealed(line.content(), line.seal) else "altered"
        why = "not chained yet: is the worker running?"
        if kind == "altered":
            why = "altered after it was written, or not written by the portal"
        yield Fault(
            kind, None, f"{line.act} {line.subject}, {line.at:%Y-%m-%d %H:%M:%S} UTC: {why}"
        )
