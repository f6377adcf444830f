"""Taking over what is the person's own, with consent, and writing down what was taken."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from eservices.cases.models import Case
from eservices.catalog import local
from eservices.catalog import services as catalog
from eservices.filing import reuse
from eservices.filing.models import Draft
from eservices.filing.reuse import Paper, Source
from eservices.filing.services.drafts import attachment_owner, begin, compiled
from eservices.formdefs import engine
from eservices.formdefs.engine import PieceSpec
from portal.accounts.models import User


@transaction.atomic
def take_over(draft: Draft, chosen: Iterable[Source]) -> None:
    """Copy the answers of these sources where the draft has none; the person still sees each step."""
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    for source in chosen:
        fresh = {
            key: value
            for key, value in source.answers.items()
            if locked.answers.get(key) in (None, "", [])
        }
        locked.answers = {**locked.answers, **fresh}
        locked.reused = [*locked.reused, _entry("answers", source.title, sorted(fresh))]
    locked.save(update_fields=["answers", "reused"])


def take_paper(draft: Draft, paper: Paper, slot: PieceSpec) -> None:
    """Add a piece sent before, or an act delivered, to the draft. :raises UploadRefused:"""
    reuse.copy(paper, owner=attachment_owner(draft), slot=slot)
    with transaction.atomic():
        locked = Draft.objects.select_for_update().get(pk=draft.pk)
        locked.reused = [
            *locked.reused,
            _entry("piece", f"{paper.title} – {paper.origin}", [slot.key]),
        ]
        locked.save(update_fields=["reused"])


@transaction.atomic
def duplicate(case: Case, *, owner: User | None, language: str) -> Draft:
    """Begin the same request again with its answers, under the current version; no piece is taken.

    :raises EServiceClosed:
    """
    current = case.eservice.current
    offices = local.counters(current) if current else []
    office = case.office if case.office in offices else None
    draft = begin(case.eservice, owner=owner, language=language, office=office)
    before, now = catalog.compiled(case.version), compiled(draft)
    draft.answers = engine.keep(before, now, case.answers)
    draft.reused = [_entry("answers", case.reference, sorted(draft.answers))]
    draft.save(update_fields=["answers", "reused"])
    return draft


def _entry(kind: str, source: str, what: list[str]) -> dict[str, Any]:
    return {"kind": kind, "from": source, "what": what, "at": timezone.now().isoformat()}
