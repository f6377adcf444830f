"""What stands against publishing, in the editor's language, each with the address of its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from eservices.catalog import services as catalog
from eservices.catalog.builder.sections import SECTIONS
from eservices.catalog.builder.spec_form import LANGUAGE_NAMES
from eservices.catalog.circuits import staffing
from eservices.catalog.circuits.staffing import Gap
from eservices.catalog.lists import with_code_lists
from eservices.catalog.models import EService
from eservices.formdefs import editing, engine
from eservices.formdefs.editing import NoSuchPlace
from eservices.formdefs.soundness import doubts
from eservices.formdefs.trials import Trial, replay
from portal.accounts.models import Role
from portal.core.errors import BadConfiguration
from portal.core.texts import pick

# The checks speak English to those who write files; here is what editors read instead.
WORDS = [
    (r"the text is missing", gettext_noop("The text is missing.")),
    (r"the list of options is empty", gettext_noop("The list of answers is empty.")),
    (r"a step has at least one field", gettext_noop("This step has no question.")),
    (r"a form has at least one step", gettext_noop("There is no step.")),
    (r"'([\w.]+)' is read outside of a group that repeats", gettext_noop("The condition reads “%s” outside of its group: say for some or for every entry.")),
    (r"'([\w.]+)' is no column of '(\w+)'", gettext_noop("The condition reads “%s”, which the group “%s” does not have.")),
    (r"'([\w.]+)' is no field here", gettext_noop("The message stands beside “%s”, which is not in this step.")),
    (r"'([\w.]+)' stands twice", gettext_noop("“%s” stands twice.")),
    (r"the key stands twice", gettext_noop("Another question has this key.")),
    (r"there is no list '([^']*)'", gettext_noop("There is no list “%s”.")),
    (r"choose at least one", gettext_noop("Choose at least one office that handles the requests.")),
    (r"there is no model '?([^']*)'?", gettext_noop("There is no model of document “%s” here.")),
    (r"'([^']*)' is not among the offices", gettext_noop("Requests go to “%s”, which is not among the offices that handle them.")),
    (r"(\w+) must be true or false", gettext_noop("“%s” is either yes or no.")),
    (r"a group has at most (\d+) fields", gettext_noop("A group that repeats has at most %s questions.")),
    (r"there is no office '([^']*)'", gettext_noop("There is no office “%s” here.")),
    (r"missing", gettext_noop("Something is missing here.")),
    (r"a list is expected", gettext_noop("Something is missing here.")),
    (r"unknown key '([^']*)'", gettext_noop("“%s” is not known here.")),
    (r"unknown type '?([^']*)'?", gettext_noop("The type of answer “%s” does not exist here.")),
    (r"the example does not fit the format", gettext_noop("The example does not fit the format.")),
    (r"give a mask or a regex", gettext_noop("Give a format.")),
    (r"give an example that people can imitate", gettext_noop("Give an example that people can imitate.")),
    (r"min is greater than max", gettext_noop("The smallest value is greater than the greatest.")),
    (r"unit is missing", gettext_noop("The amount is missing.")),
    (r"unit is a whole amount, never negative", gettext_noop("The amount is a whole number, never negative.")),
    (r"require is missing", gettext_noop("The condition of the rule is missing.")),
    (r"(\w+) is missing", gettext_noop("“%s” is missing.")),
    (r"(\w+) must be a whole number from (\d+) to (\d+)", gettext_noop("“%s” is a whole number from %s to %s.")),
    (r"at most (\d+) steps and (\d+) fields", gettext_noop("A form has at most %s steps and %s questions.")),
    (r"(?:ValueError: )?a form has at most (\d+) expressions", gettext_noop("A form has at most %s conditions and formulas.")),
    (r"a question has at most (\d+) options; use a code list", gettext_noop("A question has at most %s answers: put a longer list among the code lists.")),
    (r"a text has at most (\d+) signs", gettext_noop("A text has at most %s signs.")),
    (r"the definition is (?:nested too deeply|too large)", gettext_noop("The e-service is too large, or its parts are nested too deeply.")),
    (r"regex: .*", gettext_noop("This format cannot be used: it holds a sign that is not available here (no groups, no alternatives).")),
    (r"'[^']*' takes .* arguments, not \d+", gettext_noop("This condition or formula has too many or too few parts.")),
    (r"unknown operation '([^']*)'", gettext_noop("The condition uses “%s”, which does not exist here.")),
    (r"(?:too deep|too long|a text is too long|.* is not a value of the language|an operation has exactly one key|the name of a variable is a text)", gettext_noop("This condition or formula cannot be read: write it again.")),
    (r"'([^']*)' is not a key \(.*\)", gettext_noop("“%s” is no key: small letters, figures and _ only.")),
    (r".* cannot stand in a group", gettext_noop("This type of question cannot stand in a group that repeats.")),
    (r"count stands without min and max", gettext_noop("Give either the number of entries or its limits, not both.")),
    (r"a group needs fields", gettext_noop("This group has no question yet.")),
    (r"its configuration cannot be read", gettext_noop("What may be answered cannot be read: set it again.")),
    (r"a value is of a kind that cannot be stored.*", gettext_noop("A value cannot be stored: put it between quotes.")),
    (r"named entries are expected", gettext_noop("Something is missing here.")),
]  # fmt: skip
READS = re.compile(r"'([\w.]+)' is no (?:question|column here), or comes later")
LANGUAGE = re.compile(r"the text is missing in '(\w+)'")
# With these the form can still be followed through: what else makes no sense is told at once.
LIGHT = [
    READS,
    LANGUAGE,
    *map(re.compile, (r"the text is missing", r"there is no office .*", r"choose at least one")),
]
OFFICES_NAMED = 6
PATTERNS = [(re.compile(pattern), words) for pattern, words in WORDS]
STEP = re.compile(r"step '([^']*)'")
FIELD = re.compile(r"fields\[(\d+)\]")
ENTRY = re.compile(r"(pieces|fees|documents)\[(\d+)\]")
RULE = re.compile(r"rules\[(\d+)\]")
ROOTS = {
    "title": "service", "summary": "service", "slug": "service", "code": "service",
    "currency": "service", "delay": "service", "languages": "service", "country": "service",
    "declaration": "data", "offices": "offices", "routing": "offices", "pieces": "pieces",
    "fees": "fees", "documents": "documents", "who": "service",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    place: str
    words: str
    url: str
    is_error: bool = True


@dataclass(slots=True)
class Readiness:
    """Everything that is known of a draft before it is published."""

    findings: list[Finding]
    trials: list[Trial]

    @property
    def errors(self) -> int:
        return sum(one.is_error for one in self.findings)

    @property
    def failures(self) -> int:
        return sum(not one.is_right for one in self.trials)

    @property
    def is_ready(self) -> bool:
        return not self.errors and not self.failures


def readiness(eservice: EService, definition: Mapping[str, Any]) -> Readiness:
    """Return what is wrong with a draft, and how its test answers do."""
    faults = catalog.check(definition)
    found = [_finding(eservice, definition, fault) for fault in faults]
    if not faults:
        gaps = staffing.gaps(definition)
        found += [Finding(_("Circuit"), gap_words(one), _circuit(eservice)) for one in gaps]
    if all(_is_light(fault) for fault in faults):
        found += [
            Finding("", one.words, _address(eservice, definition, one.target), one.is_error)
            for one in doubts(definition)
        ]
    return Readiness(found, _trials(definition))


def gap_words(gap: Gap) -> str:
    """Say why requests would stop at a stage, and the way out."""
    names = ", ".join(one.name_in() for one in gap.offices[:OFFICES_NAMED])
    if (rest := len(gap.offices) - OFFICES_NAMED) > 0:
        names = _("%(names)s and %(count)d more") % {"names": names, "count": rest}
    values = {"stage": gap.stage.title_in(), "offices": names}
    if gap.problem == "closed":
        text = _(
            "“%(stage)s” is done at an office that is closed: %(offices)s. Choose another office for this stage."
        )
    elif gap.problem == "alone":
        text = _(
            "One person alone would examine and sign at: %(offices)s. Give one of the two roles to somebody else, or allow below that who examined also signs."
        )
    else:
        values["role"] = str(Role(gap.role).label)
        text = _(
            "Nobody can do “%(stage)s” at: %(offices)s. Give the role “%(role)s” to somebody there, choose another office for this stage, or take the office out of the service."
        )
    return text % values


def _trials(definition: Mapping[str, Any]) -> list[Trial]:
    tests = [one for one in definition.get("tests") or [] if isinstance(one, Mapping)]
    if not tests:
        return []
    try:
        return replay(engine.compile(with_code_lists(definition)), tests)
    except BadConfiguration:
        return []


def _finding(eservice: EService, definition: Mapping[str, Any], fault: str) -> Finding:
    place, _colon, text = fault.partition(": ")
    if not _colon:
        place, text = "", fault
    url, name = _place(eservice, definition, place)
    return Finding(name, _words(text, definition), url)


def _is_light(fault: str) -> bool:
    text = fault.partition(": ")[2] or fault
    return any(pattern.fullmatch(text) for pattern in LIGHT)


def _words(text: str, definition: Mapping[str, Any]) -> str:
    if match := LANGUAGE.fullmatch(text):
        language = str(LANGUAGE_NAMES.get(match[1], match[1]))
        return _("The text is missing in this language: %s.") % language.lower()
    if match := READS.fullmatch(text):
        return _reads(match[1], definition)
    for pattern, words in PATTERNS:
        if match := pattern.fullmatch(text):
            return _(words) % match.groups() if match.groups() else _(words)
    return text


def _reads(path: str, definition: Mapping[str, Any]) -> str:
    """Tell which question a condition cannot read from where it stands, and the way out."""
    name = path.removeprefix("row.")
    for _step, where, field in editing.fields_of(definition):
        if where == path or (name != path and where.endswith(f".{name}")):
            words = _(
                "The condition reads “%s”, which comes later: move it before, or change the condition."
            )
            return words % (pick(field.get("label")) or name)
    return (
        _("The condition reads “%s”, which does not exist (any more): change the condition.") % name
    )


def _place(eservice: EService, definition: Mapping[str, Any], place: str) -> tuple[str, str]:
    """Return the address and the name of a place as the checks write it."""
    if (step := STEP.search(place)) and (found := _step(definition, step[1])):
        return _in_step(eservice, definition, found, place)
    if entry := ENTRY.search(place):
        section = entry[1]
        listed = definition.get(section) or []
        index = int(entry[2])
        label = (
            pick(listed[index].get("label") or listed[index].get("title"))
            if index < len(listed)
            else ""
        )
        url = reverse("builder:entry", args=[eservice.pk, section, section, index])
        return url, f"{SECTIONS[section].label} › {label}"
    if place.startswith("circuit"):
        return _circuit(eservice), _("Circuit")
    root = re.split(r"[.,\[ ]", place)[0]
    if section := ROOTS.get(root):
        url = reverse("builder:section", args=[eservice.pk, section])
        return url, str(SECTIONS[section].label)
    return reverse("builder:overview", args=[eservice.pk]), place


def _in_step(
    eservice: EService, definition: Mapping[str, Any], step: Mapping[str, Any], place: str
) -> tuple[str, str]:
    name, key = pick(step.get("title")) or str(step["key"]), step["key"]
    fields = FIELD.findall(place)
    if fields:
        field, path = _follow(definition, step, place)
        label = pick(field.get("label")) if field else ""
        if field and path:
            return reverse("builder:field", args=[eservice.pk, path]), f"{name} › {label or path}"
        return reverse("builder:step", args=[eservice.pk, key]), name
    if rule := RULE.search(place):
        return reverse("builder:rule", args=[eservice.pk, key, "-", int(rule[1])]), name
    if "title" in place or "intro" in place or "show_if" in place:
        return reverse("builder:step_settings", args=[eservice.pk, key]), name
    return reverse("builder:step", args=[eservice.pk, key]), name


def _follow(
    definition: Mapping[str, Any], step: Mapping[str, Any], place: str
) -> tuple[Mapping[str, Any] | None, str]:
    """Return the field that a place names by its key, when it is written in the form itself."""
    keys = re.findall(r"fields\[\d+\] '([^']*)'", place)
    for path in (".".join(keys), keys[-1] if keys else ""):
        try:
            return editing.field_at(definition, path), path
        except NoSuchPlace:
            continue
    return None, ""


def _step(definition: Mapping[str, Any], key: str) -> Mapping[str, Any] | None:
    return next((one for one in definition.get("steps") or [] if one.get("key") == key), None)


def _circuit(eservice: EService) -> str:
    try:
        return reverse("circuit:edit", args=[eservice.pk])
    except NoReverseMatch:
        return reverse("builder:overview", args=[eservice.pk])


def _address(eservice: EService, definition: Mapping[str, Any], target: str) -> str:
    kind, _colon, rest = target.partition(":")
    if kind == "step":
        return reverse("builder:step_settings", args=[eservice.pk, rest])
    if kind == "field":
        try:
            editing.find(definition, rest)
        except NoSuchPlace:
            return reverse("builder:overview", args=[eservice.pk])
        return reverse("builder:field", args=[eservice.pk, rest])
    if kind == "entry":
        section, slug, index = rest.split("/")
        return reverse("builder:entry", args=[eservice.pk, section, slug, int(index)])
    return reverse("builder:section", args=[eservice.pk, rest])
