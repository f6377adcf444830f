"""What the applicant corrected: each answer as it was, and as it became."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eservices.cases.models import Complement
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Correction:
    """One answered request for a correction."""

    asked_at: datetime
    answered_at: datetime
    asked_by: str
    changes: list[Change]


def of(
    spec: CompiledSpec,
    answers: Mapping[str, Any],
    complements: Sequence[Complement],
    language: str,
) -> list[Correction]:
    """Return the answered corrections, the last first; older answers are worked out backwards."""
    found, after = [], dict(answers)
    for complement in reversed(complements):
        if complement.answered_at is None:
            continue
        before = {**after, **complement.previous}
        old = texts(spec, after, complement.previous, language)
        new = texts(spec, before, {key: after.get(key) for key in complement.previous}, language)
        changes = [
            Change(engine.label_of(spec, key, language), old.get(key, ""), new.get(key, ""))
            for key in complement.previous
        ]
        found.append(
            Correction(
                complement.asked_at, complement.answered_at, str(complement.asked_by), changes
            )
        )
        after = before
    return found


def texts(
    spec: CompiledSpec, answers: Mapping[str, Any], changed: Mapping[str, Any], language: str
) -> dict[str, str]:
    """Return in words what `changed` says in place of `answers`."""
    if not changed:
        return {}
    old = engine.summary(spec, {**answers, **changed}, language)
    rows = (row for section in old for row in section.rows if row.key in changed)
    return {row.key: flat(row) for row in rows}


def flat(row: Any) -> str:
    """Return a row's words, those of a repeatable group one row after the other."""
    if not row.rows:
        return str(row.text)
    return "; ".join(", ".join(cell.text for cell in cells if cell.text) for cells in row.rows)
