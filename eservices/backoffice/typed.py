"""What was typed on a page that came too late: shown again, so that nobody writes it twice."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.catalog.circuits.model import STEP_PREFIX
from eservices.formdefs.spec import FieldSpec
from portal.accounts.models import User
from portal.core.references import clean_reference
from portal.core.texts import pick

Words = Mapping[str, tuple[Any, Mapping[str, str]]]  # of each name: its question, its choices
NOT_TYPED = {"csrfmiddlewaretoken", "canned"}
CODE = re.compile(r"[a-z0-9_:-]*")  # what a button or a choice sends, rather than a person
ENDING: Words = {"stage-reason": (gettext_lazy("Remarks"), {})}
LONGEST = 20_000  # signs shown again


@dataclass(frozen=True)
class Line:
    """One thing that was typed, below its question where that is known."""

    label: str
    text: str


def lines(request: HttpRequest, words: Words | None = None) -> list[Line]:
    """Return what the form that was just sent holds, without what only a machine reads."""
    found, room = [], LONGEST
    for name, texts in request.POST.lists():
        if name.startswith("_") or name in NOT_TYPED:
            continue
        label, choices = _words_of(name, words or {})
        for text in (one.strip() for one in texts):
            if text and (label or not CODE.fullmatch(text)):
                found.append(Line(label, choices.get(text, text)[:room]))
                room -= min(room, len(text))
    return [one for one in found if one.text]


def words_of_stage(user: User, reference: str, stage: str) -> Words:
    """Return the questions of a stage of a file that `user` once read, wherever it lies now."""
    read = Case.objects.filter(reference=clean_reference(reference) or "-", readings__reader=user)
    case = read.select_related("version").first()
    form = catalog.desk_form(case.version) if case else None
    step = form.step_by_key.get(STEP_PREFIX + stage) if form else None
    return {**{field.key: _named(field) for field in step.fields}, **ENDING} if step else ENDING


def _named(field: FieldSpec) -> tuple[str, Mapping[str, str]]:
    return pick(field.config.get("label")), {
        str(one.value): pick(one.label) for one in field.options
    }


def _words_of(name: str, words: Words) -> tuple[str, Mapping[str, str]]:
    """Return the words of a question by the name of its box, or of one part of it."""
    keys = (name, name.rsplit("_", 1)[0], name.rsplit("-", 1)[0])
    label, choices = next((words[key] for key in keys if key in words), ("", {}))
    return str(label), choices
