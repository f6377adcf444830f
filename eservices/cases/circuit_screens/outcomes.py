"""How a stage may end, one line each: words, where the request goes, whether to say why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.catalog.builder import label_lines
from eservices.catalog.circuits.model import BACK, NEXT, REFUSE, SAME
from eservices.formdefs.editing import new_key

MOST = 20
SPARE = 2
MORE = 4
UNSHOWN = ("require", "message")
WAYS: tuple[tuple[str, Promise], ...] = (
    (NEXT, gettext_lazy("Goes on to the next stage")),
    (SAME, gettext_lazy("Does this stage again")),
    (BACK, gettext_lazy("Goes back to the first stage")),
    (REFUSE, gettext_lazy("Goes to who decides, with a proposal to refuse")),
)
PROPOSALS: tuple[tuple[str, Promise], ...] = (
    ("", gettext_lazy("Proposes nothing")),
    ("granted", gettext_lazy("Proposes to grant")),
    ("refused", gettext_lazy("Proposes to refuse")),
)


@dataclass(slots=True)
class OutcomeRow:
    index: int
    key: str = ""
    labels: label_lines.Line = field(default_factory=list)
    to: str = NEXT
    reason: bool = False
    proposal: str = ""


@dataclass(slots=True)
class OutcomeTable:
    """The lines of the table, what was typed in them, and what is wrong with it."""

    rows: list[OutcomeRow]
    entries: list[dict[str, Any]]
    errors: list[tuple[str, str]] = field(default_factory=list)
    wants_more: bool = False
    ways: Sequence[tuple[str, Any]] = WAYS
    proposals: Sequence[tuple[str, Any]] = PROPOSALS


def show(stored: Any, languages: Sequence[str], earlier: Sequence[tuple[str, str]]) -> OutcomeTable:
    """Return the table of a stage; `earlier` are the stages that an outcome may go back to."""
    entries = [dict(one) for one in stored or [] if isinstance(one, Mapping)]
    return OutcomeTable(_rows(entries, languages, SPARE), entries, ways=_ways(earlier))


def read(
    data: QueryDict,
    languages: Sequence[str],
    earlier: Sequence[tuple[str, str]],
    stored: Any = None,
) -> OutcomeTable:
    """Return what was typed; a line without words is left out.

    What the table does not show of an outcome that is `stored`, its condition, stays with it.
    """
    kept = {str(one.get("key")): one for one in stored or [] if isinstance(one, Mapping)}
    act = data.get("outcome.act", "")
    entries: list[dict[str, Any]] = []
    errors: list[tuple[str, str]] = []
    ways = _ways(earlier)
    for index in data.getlist("outcome.row")[:MOST]:
        label = label_lines.typed(data, f"outcome.{index}", languages, most=200)
        if act == f"del:{index}" or not label:
            continue
        entry = _entry(data, index, label, {one["key"] for one in entries})
        if entry.get("to", NEXT) not in dict(ways):
            errors.append((f"outcome-{index}-to", _("Choose where the request goes.")))
        if entry["key"] in {one["key"] for one in entries}:
            errors.append((f"outcome-{index}", _("Two outcomes have the same key.")))
        before = kept.get(entry["key"], {})
        entry |= {name: before[name] for name in UNSHOWN if name in before}
        entries.append(entry)
    if entries and all(one.get("to", NEXT) not in (NEXT, REFUSE) for one in entries):
        errors.append(("outcome-0-to", _("One outcome at least must lead on.")))
    rows = _rows(entries, languages, MORE if act == "more" else SPARE)
    return OutcomeTable(rows, entries, errors, bool(act), ways)


def _entry(
    data: QueryDict, index: str, label: Mapping[str, str], taken: set[Any]
) -> dict[str, Any]:
    key = data.get(f"outcome.{index}.key", "").strip()[:40]
    to, proposal = data.get(f"outcome.{index}.to", NEXT), data.get(f"outcome.{index}.proposal", "")
    entry: dict[str, Any] = {
        "key": key or new_key(next(iter(label.values())), taken)[:40],
        "label": dict(label),
    }
    if to != NEXT:
        entry["to"] = to
    elif data.get(f"outcome.{index}.reason") == "1":
        entry["reason"] = True  # elsewhere it is always asked
    if proposal in dict(PROPOSALS) and proposal:
        entry["proposal"] = proposal
    return entry


def _rows(
    entries: Sequence[Mapping[str, Any]], languages: Sequence[str], spare: int
) -> list[OutcomeRow]:
    rows = []
    for index, entry in enumerate([*entries, *([{}] * spare)]):
        rows.append(
            OutcomeRow(
                index,
                str(entry.get("key", "")),
                label_lines.shown(entry.get("label"), languages),
                str(entry.get("to", NEXT)),
                bool(entry.get("reason")),
                str(entry.get("proposal", "")),
            )
        )
    return rows


def _ways(earlier: Sequence[tuple[str, str]]) -> list[tuple[str, Any]]:
    back = [(key, _("Goes back to: %s") % title) for key, title in earlier]
    return [one for one in WAYS if one[0] != BACK or back] + back
