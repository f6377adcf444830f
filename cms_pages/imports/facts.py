"""Read one procedure of a catalogue file into the facts of a guide, and say what is missing."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.html import escape, linebreaks
from django.utils.text import slugify

SUMMARY = 300
LINE = 400
LONGEST_URL = 400
MOST_LINES = 40
_BULLET = re.compile(r"^\s*(?:[-•*–]|\d{1,2}[.)])\s*")


class BadRow(ValueError):
    """The row cannot become a guide; the message says why."""


@dataclass
class Facts:
    """What the source says of one procedure, in the words of our content model."""

    identifier: str
    title: str
    slug: str
    theme_slug: str
    theme_title: str
    subtheme_slug: str
    fields: dict[str, Any]
    rows: dict[str, list[dict[str, Any]]]
    body: list[dict[str, str]]
    missing: list[str] = field(default_factory=list)


def read(row: Any, *, prefix: str) -> Facts:
    """Return the facts of `row`. :raises BadRow: when it has no identifier or no title."""
    number, title = _identity(row)
    conditions, long_conditions = _lines(_text(row, "conditions"))
    evidences = _evidences(row.get("documents_required") or row.get("documents_inferred") or [])
    costs, long_cost = _costs(row)
    delay = _delay(row.get("delay_days"))
    description = _text(row, "description")
    summary = _cut(description or title, SUMMARY)
    body = _section("Objet", description if summary != description else "")
    body += _section("Conditions détaillées", long_conditions)
    body += _section("Tarifs détaillés", long_cost)
    body += _section("Informations complémentaires", _text(row, "more_info"))
    facts = Facts(
        identifier=f"{prefix}-{number:04d}",
        title=title[:255],
        slug=slugify(_text(row, "slug") or title)[:80] or f"{prefix.lower()}-{number}",
        theme_slug=_text(row, "category_suggested") or _text(row, "category_slug"),
        theme_title=_text(row, "category")[:255],
        subtheme_slug=_text(row, "subcategory_slug"),
        fields={
            "summary": summary,
            "time_note": _text(row, "delay")[:250] if not delay else "",
            "source_url": _address(_text(row, "source_file")),
            **delay,
        },
        rows={
            "requirements": [{"text": line} for line in conditions],
            "evidences": evidences,
            "costs": costs,
        },
        body=body,
    )
    known = {"description": description, "conditions": row.get("conditions"), "pieces": evidences}
    known |= {"price": costs, "delay": delay or facts.fields["time_note"]}
    facts.missing = [name for name, value in known.items() if not value]
    return facts


def _identity(row: Any) -> tuple[int, str]:
    if not isinstance(row, dict):
        raise BadRow("not an object")
    number, title = row.get("id"), _text(row, "title")
    if not isinstance(number, int) or not title:
        raise BadRow("no identifier or no title")
    return number, title


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value.replace("\x00", "").strip() if isinstance(value, str) else ""


def _address(text: str) -> str:
    """Return `text` as an address; empty when it is none, which is no reason to refuse the rest."""
    url = f"https://{text}" if text and "://" not in text else text
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return ""
    return url if len(url) <= LONGEST_URL else ""


def _cut(text: str, limit: int) -> str:
    """Return the first sentences that fit, or as many words."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    stop = max(cut.rfind(". "), cut.rfind("; "))
    return cut[: stop + 1] if stop > limit // 2 else cut.rsplit(" ", 1)[0] + "…"


def _lines(text: str) -> tuple[list[str], str]:
    """Return the text as short lines, or as prose when it is no list."""
    lines = [_BULLET.sub("", line).strip() for line in text.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) > MOST_LINES or any(len(line) > LINE for line in lines):
        return [], text
    return lines, ""


def _evidences(documents: Any) -> list[dict[str, Any]]:
    """Return the pieces; a line that begins with # opens a situation."""
    rows, situation = [], ""
    for document in documents if isinstance(documents, list) else []:
        text = " ".join(str(document).split())
        if text.startswith("#"):
            situation = text.lstrip("# ").capitalize()[:160]
        elif text and "://" not in text and not text.endswith(":"):
            rows.append({"label": text[:250], "situation": situation})
    return rows[:MOST_LINES]


def _costs(row: dict[str, Any]) -> tuple[list[dict[str, Any]], str]:
    text = _text(row, "cost")
    if row.get("is_free"):
        return [{"amount": 0, "currency": "XOF"}], ""
    amounts = [a for a in row.get("cost_amounts_xof") or [] if isinstance(a, int) and a >= 0]
    if not text and not amounts:
        return [], ""
    is_long = len(text) > 200
    cost: dict[str, Any] = {"currency": "XOF", "note": "" if is_long else text}
    if amounts:
        cost["amount"] = min(amounts)
        cost["amount_max"] = max(amounts) if len(set(amounts)) > 1 else None
        if len(amounts) == 1 and not is_long:
            cost["note"] = ""
    elif is_long:
        cost["note"] = _cut(text, 200)
    return [cost], text if is_long else ""


def _delay(days: Any) -> dict[str, Any]:
    """Return the delay in days; a figure of more than two years is an age or a validity."""
    if not isinstance(days, list) or not days or not all(isinstance(d, (int, float)) for d in days):
        return {}
    low, high = round(min(days)), round(max(days))
    if high <= 0 or high > 730:
        return {}
    return {"time_min": low, "time_max": high if high != low else None, "time_unit": "days"}


def _section(title: str, text: str) -> list[dict[str, str]]:
    if not text:
        return []
    return [{"heading": title}, {"text": linebreaks(escape(text))}]
