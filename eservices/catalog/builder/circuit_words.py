"""What is wrong with a circuit, in the editor's language: the stage by its title, and the way out."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.catalog.builder.fault_words import fault_words
from eservices.catalog.circuits import editing
from eservices.formdefs.subjects import Subject, subjects
from portal.core.texts import pick

PLACE = re.compile(r"(?:circuit\.)?(?:stage|stages\[\d+\](?:\.branches\[\d+\])?|block) ?'([^']*)'")
DESK_STEP = re.compile(r"step 'stage_([^']*)'")
UNKNOWN = re.compile(r"unknown variable '([\w.]+)'")


def stage_of(place: str) -> str:
    """Return the key of the stage or the block that `place` names; empty when it is the whole."""
    found = PLACE.search(place) or DESK_STEP.search(place)
    return found[1] if found else ""


def title_of(definition: Mapping[str, Any], key: str) -> str:
    found = editing.find(definition, key) or editing.block(definition, key)
    if found is None:
        return key
    title = found[1].get("title")
    return (pick(title) if isinstance(title, Mapping) else str(title or "")) or _(
        "At the same time"
    )


def told(fault: str, definition: Mapping[str, Any]) -> str:
    """Return one fault of a circuit as the page of the circuit shows it."""
    place, colon, text = fault.partition(": ")
    if not colon:
        return fault_words(fault)
    said, key = unknown(text, definition) or fault_words(text), stage_of(place)
    if not key:
        return said
    return _("“%(stage)s”. %(fault)s") % {"stage": title_of(definition, key), "fault": said}


def unknown(text: str, definition: Mapping[str, Any]) -> str:
    """Say what a rule of the circuit reads too early, and where it is asked; empty for other faults."""
    match = UNKNOWN.fullmatch(text)
    return _unknown(match[1], definition) if match else ""


def _unknown(name: str, definition: Mapping[str, Any]) -> str:
    asked: Mapping[str, Subject] = {one.path: one for one in subjects(definition)}
    for _place, stage in editing.places(definition):
        for question in stage.get("fields") or []:
            if isinstance(question, Mapping) and question.get("key") == name:
                return _(
                    "It reads “%(question)s”, which is asked at “%(stage)s”, not before: move that stage up, or change the rule."
                ) % {"question": pick(question.get("label")), "stage": pick(stage.get("title"))}
    label = asked[name].label if name in asked else name
    return _("It reads “%s”, which is not asked (any more): change the rule.") % label
