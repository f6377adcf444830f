"""Where the citizen is on the way, and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.filing import services
from eservices.filing.models import Draft
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec, FeeLine, PieceSpec
from portal.core.money import Money

CHECK = "check"
MOST_PHOTOS = 20  # of one document, to be joined as its pages


@dataclass(frozen=True)
class Place:
    """One place on the way: a step, the pieces, the check."""

    key: str
    title: str
    url: str
    is_done: bool
    is_current: bool


@dataclass
class Slot:
    """One piece asked, with what was given and what is wrong."""

    piece: PieceSpec
    files: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def can_join(self) -> bool:
        """Whether more photos than files asked may come: they become one PDF."""
        return "pdf" in self.piece.accept

    @property
    def limits(self) -> str:
        """What may be given, in words."""
        if not self.piece.takes_photos:
            text = _("PDF, %(mb)s MB at most.")
        elif "pdf" not in self.piece.accept:
            text = _("Photo, %(mb)s MB at most.")
        else:
            text = _("Photo or PDF, %(mb)s MB at most.")
        return text % {"mb": self.piece.max_mb}

    @property
    def missing_text(self) -> str:
        if not self.piece.takes_photos:
            return _("This piece is required. Add a PDF.")
        if "pdf" not in self.piece.accept:
            return _("This piece is required. Add a photo.")
        return _("This piece is required. Add a photo or a PDF.")

    @property
    def is_over(self) -> bool:
        return len(self.files) > self.piece.max_files

    @property
    def takes_no_more(self) -> bool:
        return len(self.files) >= (MOST_PHOTOS if self.can_join else self.piece.max_files)

    @property
    def full_text(self) -> str:
        most = MOST_PHOTOS if self.can_join else self.piece.max_files
        return _("No more than %(n)d files here. Remove one first.") % {"n": most}


@dataclass(frozen=True)
class Fee:
    lines: list[tuple[FeeLine, Money]]
    total: Money


def places(draft: Draft, spec: CompiledSpec, current: str) -> list[Place]:
    """Return the whole way in order, `current` marked."""
    found = [
        Place(
            step.key,
            step.title,
            _step_url(draft, step.key),
            step.key in draft.steps_done,
            step.key == current,
        )
        for step in engine.steps(spec, draft.answers)
    ]
    if engine.pieces(spec, draft.answers):
        is_done = services.PIECES in draft.steps_done
        url = reverse("filing:pieces", args=[draft.pk])
        found.append(
            Place(services.PIECES, _("Your documents"), url, is_done, current == services.PIECES)
        )
    url = reverse("filing:check", args=[draft.pk])
    found.append(Place(CHECK, _("Check and send"), url, False, current == CHECK))
    return found


def next_url(draft: Draft, spec: CompiledSpec, current: str) -> str:
    way = places(draft, spec, current)
    position = [place.key for place in way].index(current)
    return way[position + 1].url


def previous_url(draft: Draft, spec: CompiledSpec, current: str) -> str:
    """Return the place before `current`; empty at the first."""
    way = places(draft, spec, current)
    position = [place.key for place in way].index(current)
    return way[position - 1].url if position else ""


def first_gap_url(draft: Draft, spec: CompiledSpec, missing: Collection[str] | None = None) -> str:
    """Return the first place that still needs the citizen, the check when none does."""
    check = reverse("filing:check", args=[draft.pk])
    return next((place.url for place in gaps(draft, spec, missing)), check)


def gaps(draft: Draft, spec: CompiledSpec, missing: Collection[str] | None = None) -> list[Place]:
    """Return the places that still need the citizen; `missing`: their keys, where they are known."""
    if missing is None:
        missing = services.missing_steps(draft)
    return [place for place in places(draft, spec, CHECK) if place.key in missing]


def slots(draft: Draft, spec: CompiledSpec, problems: dict[str, list[str]]) -> list[Slot]:
    """Return the pieces asked for these answers, with the files given. One query."""
    found = {piece.key: Slot(piece) for piece in engine.pieces(spec, draft.answers)}
    if found:
        for attachment in attachments.for_owner(services.attachment_owner(draft)):
            if attachment.slot in found:
                found[attachment.slot].files.append(attachment)
    for key, texts in problems.items():
        found[key].problems = texts
    return list(found.values())


def fee(spec: CompiledSpec, answers: dict[str, Any]) -> Fee:
    currency = spec.source["currency"]
    lines = [(line, Money(line.amount, currency)) for line in engine.fee_lines(spec, answers)]
    return Fee(lines, Money(sum(line.amount for line, _money in lines), currency))


def _step_url(draft: Draft, step: str) -> str:
    return reverse("filing:step", args=[draft.pk, step])
