"""What a new version changed, in words for the person whose draft it is."""

from dataclasses import dataclass

from eservices.filing.models import Draft
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.core.texts import pick


@dataclass(frozen=True)
class News:
    added: list[str]
    changed: list[str]
    gone: list[str]
    pieces: list[str]
    pieces_gone: list[str]
    price_changed: bool


def told(draft: Draft, spec: CompiledSpec) -> News:
    """Return what changed, by the names of the questions and documents. Never raises."""
    found = draft.news
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    return News(
        added=[engine.label_of(spec, key) for key in found.get("added", [])],
        changed=[engine.label_of(spec, key) for key in found.get("changed", [])],
        gone=[pick(label) for label in found.get("gone", [])],
        pieces=[labels[key] for key in found.get("pieces", []) if key in labels],
        pieces_gone=[pick(label) for label in found.get("pieces_gone", [])],
        price_changed="fee" in found,
    )


def of_pieces_and_price(
    before: CompiledSpec, after: CompiledSpec, draft: Draft, answers: dict[str, object]
) -> dict[str, object]:
    """Return what changed in the documents and the price, as the entries of `Draft.news`."""
    old = {piece.key: piece for piece in engine.pieces(before, draft.answers)}
    new = {piece.key: piece for piece in engine.pieces(after, answers)}
    rules = {rule.key: rule.config.get("label") for rule in before.pieces}
    entries = {
        "pieces": [key for key in new if key not in old],
        "pieces_gone": [rules[key] for key in old if key not in new],
    }
    cost = [
        sum(line.amount for line in engine.fee_lines(spec, given))
        for spec, given in ((before, draft.answers), (after, answers))
    ]
    if cost[0] != cost[1]:
        entries["fee"] = cost[0]
    return {name: value for name, value in entries.items() if value or name == "fee"}
