"""What a new version changed, in words for the person whose draft it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from eservices.filing.models import Draft
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.core.money import Money
from portal.core.texts import pick


@dataclass(frozen=True)
class News:
    """`changed` and `gone` tell each question with what was answered to it (may be empty)."""

    added: list[str]
    changed: list[tuple[str, str]]
    needed: list[str]  # could be left empty before
    gone: list[tuple[str, str]]
    pieces: list[str]
    pieces_gone: list[tuple[str, bool]]  # and whether a file was given
    price_before: Money | None
    price: Money | None


def told(draft: Draft, spec: CompiledSpec) -> News:
    """Return what changed, by the names of the questions and documents. Never raises."""
    found = draft.news
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    was = found.get("was", {})
    added = _known(spec, found.get("added", []))
    again = [key for key in _known(spec, found.get("changed", [])) if key not in added]
    before = Money(found["fee"], spec.currency) if "fee" in found else None
    return News(
        added=[engine.label_of(spec, key) for key in added],
        changed=[(engine.label_of(spec, key), was[key]) for key in again if key in was],
        needed=[engine.label_of(spec, key) for key in again if key not in was],
        gone=[(pick(label), words) for label, words in found.get("gone", [])],
        pieces=[labels[key] for key in found.get("pieces", []) if key in labels],
        pieces_gone=[(pick(label), given) for label, given in found.get("pieces_gone", [])],
        price_before=before,
        price=Money(_cost(spec, draft.answers), spec.currency) if before is not None else None,
    )


def of_pieces_and_price(
    before: CompiledSpec,
    after: CompiledSpec,
    draft: Draft,
    answers: Mapping[str, Any],
    *,
    given: Collection[str],
) -> dict[str, Any]:
    """Return what changed in the documents and the price, as the entries of `Draft.news`.

    `given` are the keys of the documents that the person has sent a file for.
    """
    old = {piece.key: piece for piece in engine.pieces(before, draft.answers)}
    new = {piece.key: piece for piece in engine.pieces(after, answers)}
    rules = {rule.key: rule.config.get("label") for rule in before.pieces}
    entries: dict[str, Any] = {
        "pieces": [key for key in new if key not in old],
        "pieces_gone": [[rules[key], key in given] for key in old if key not in new],
    }
    costs = _cost(before, draft.answers), _cost(after, answers)
    if costs[0] != costs[1]:
        entries["fee"] = costs[0]
    return {name: value for name, value in entries.items() if value or name == "fee"}


def both(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Join the news of two versions that came before the person did."""
    if not first or not second:
        return dict(first or second)
    joined = {**first, **second, "was": {**second.get("was", {}), **first.get("was", {})}}
    for name in ("added", "changed", "gone", "pieces", "pieces_gone", "steps"):
        known = list(first.get(name, []))
        joined[name] = known + [one for one in second.get(name, []) if one not in known]
    if "fee" in first:
        joined["fee"] = first["fee"]  # the price that the person last saw
    return joined


def _known(spec: CompiledSpec, keys: Collection[str]) -> list[str]:
    """Leave out what a later version took away again before the person came."""
    return [key for key in keys if key in spec.field_by_key]


def _cost(spec: CompiledSpec, answers: Mapping[str, Any]) -> int:
    return sum(line.amount for line in engine.fee_lines(spec, answers))
