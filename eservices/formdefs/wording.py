"""Expressions in words, for people who never read the language they are written in."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.conditions import TODAY, Group, Line, operator_of, read
from eservices.formdefs.subjects import Subject, within

SIGNS = {
    "eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥",
    "add": "+", "sub": "−", "mul": "×", "div": "÷",
}  # fmt: skip


def condition_words(expression: Any, subjects: Mapping[str, Subject]) -> str:
    """Return a condition as a sentence: “Nationality is Beninese and Age < 18”."""
    group = read(expression, subjects)
    return _group(group, subjects) if group is not None else value_words(expression, subjects)


def _group(group: Group, subjects: Mapping[str, Subject], *, inside: bool = False) -> str:
    if group.over:
        return _rows(group, subjects)
    parts = [
        _group(item, subjects, inside=True) if isinstance(item, Group) else _line(item, subjects)
        for item in group.items
    ]
    text = (_(" and ") if group.join == "and" else _(" or ")).join(parts)
    return f"({text})" if inside and len(parts) > 1 else text


def _rows(group: Group, subjects: Mapping[str, Subject]) -> str:
    said = Group(group.join, group.items)
    words = {
        "label": quoted(subjects[group.over].label),
        "number": group.number,
        "words": _group(said, within(subjects, group.over), inside=True),
    }
    return ROWS[group.operator]() % words


def _line(line: Line, subjects: Mapping[str, Subject]) -> str:
    subject = subjects[line.subject]
    operator = operator_of(subject, line.operator)
    if operator is None:
        return subject.label
    head = f"{quoted(subject.label)} {operator.words}"
    if operator.takes == "nothing":
        return head
    if operator.takes == "range":
        low, high = (value_words(one, subjects, subject) for one in line.value)
        return _("%(question)s is between %(low)s and %(high)s") % {
            "question": quoted(subject.label),
            "low": low,
            "high": high,
        }
    if operator.takes == "many":
        names = [value_words(one, subjects, subject) for one in line.value or []]
        return f"{head} {', '.join(names)}"
    return f"{head} {value_words(line.value, subjects, subject)}"


def value_words(value: Any, subjects: Mapping[str, Subject], beside: Subject | None = None) -> str:
    """Return any expression in words: as a sum of signs and named operations when nothing is better."""
    if value == TODAY:
        return _("today")
    if isinstance(value, Mapping) and len(value) == 1:
        name, given = next(iter(value.items()))
        return _call(str(name), given if isinstance(given, list) else [given], subjects)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None:
        return _("nothing")
    if isinstance(value, list):
        return ", ".join(value_words(one, subjects, beside) for one in value)
    if isinstance(value, Mapping):
        return _("something that cannot be read")
    options = dict(beside.options) if beside else {}
    return f"« {options[value]} »" if value in options else str(value)


def _call(name: str, given: list[Any], subjects: Mapping[str, Subject]) -> str:
    if name == "var":
        subject = subjects.get(str(given[0]))
        return quoted(subject.label if subject else str(given[0]))
    if name in ("and", "or"):
        glue = _(" and ") if name == "and" else _(" or ")
        return "(" + glue.join(condition_words(one, subjects) for one in given) + ")"
    if name == "not" and given:
        return _("not (%s)") % condition_words(given[0], subjects)
    if name == "age_on" and len(given) == 2:
        return _("age according to %s") % value_words(given[0], subjects)
    if name in SIGNS and len(given) > 1:
        beside = subjects.get(str(given[0].get("var"))) if isinstance(given[0], Mapping) else None
        parts = [value_words(one, subjects, beside) for one in given]
        for at, one in enumerate(given):
            if _is_sum(one) and (name in ("mul", "div") or (name == "sub" and at)):
                parts[at] = f"({parts[at]})"
        return f" {SIGNS[name]} ".join(parts)
    listed = "; ".join(value_words(one, subjects) for one in given)
    return f"{NAMES[name]()}({listed})" if name in NAMES else f"{name}({listed})"


def _is_sum(value: Any) -> bool:
    return isinstance(value, Mapping) and next(iter(value), "") in ("add", "sub")


def quoted(label: str) -> str:
    """Return the label of a question, shortened to what fits in a sentence."""
    text = label.strip().rstrip("?:").strip()
    return f"« {text[:57]}… »" if len(text) > 60 else f"« {text} »"


ROWS = {
    "some": lambda: _("%(label)s has an entry where %(words)s"),
    "every": lambda: _("%(label)s has only entries where %(words)s"),
    "none": lambda: _("%(label)s has no entry where %(words)s"),
    "such_ge": lambda: _("%(label)s has at least %(number)s entries where %(words)s"),
    "such_le": lambda: _("%(label)s has at most %(number)s entries where %(words)s"),
    "such_eq": lambda: _("%(label)s has exactly %(number)s entries where %(words)s"),
}
NAMES = {
    "count": lambda: _("number of"),
    "sum": lambda: _("sum of"),
    "if": lambda: _("if"),
    "coalesce": lambda: _("first answer of"),
    "concat": lambda: _("joined texts"),
    "year": lambda: _("year of"),
    "add_days": lambda: _("days after"),
    "add_months": lambda: _("months after"),
    "some": lambda: _("one entry of"),
    "every": lambda: _("each entry of"),
    "filled": lambda: _("answered"),
    "empty": lambda: _("not answered"),
    "in": lambda: _("is among"),
    "min": lambda: _("smallest of"),
    "max": lambda: _("greatest of"),
}
