"""What stands against publishing, in the editor's language, each with the address of its place."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from eservices.catalog import services as catalog
from eservices.catalog.builder import circuit_words
from eservices.catalog.builder.fault_words import fault_words
from eservices.catalog.builder.sections import SECTIONS
from eservices.catalog.builder.spec_form import LANGUAGE_NAMES
from eservices.catalog.circuits import editing as circuits
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

READS = re.compile(r"'([\w.]+)' is no (?:question|column here), or comes later")
LANGUAGE = re.compile(r"the text is missing in '(\w+)'")
# With these the form can still be followed through: what else makes no sense is told at once.
LIGHT = [
    READS,
    LANGUAGE,
    *map(
        re.compile,
        (
            r"the text is missing",
            r"there is no office .*",
            r"choose at least one",
            r"the list of options is empty",
            r"a step has at least one field",
        ),
    ),
]
OFFICES_NAMED = 6
PLACES_NAMED = 3
REMEMBERED = 20  # revisions in which the name of a question that is gone is looked for
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
    found = _told(eservice, definition, faults)
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
            "One person alone would examine and sign at: %(offices)s. Give one of the two roles to somebody else there, or let “%(stage)s” be done at another office or by the level above."
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


def _told(eservice: EService, definition: Mapping[str, Any], faults: list[str]) -> list[Finding]:
    former = _former_labels(eservice, definition, faults)
    found: list[Finding] = []
    untranslated: dict[str, list[Finding]] = {}
    for fault in faults:
        one = _finding(eservice, definition, fault, former)
        if match := LANGUAGE.fullmatch(fault.partition(": ")[2]):
            untranslated.setdefault(match[1], []).append(one)
        else:
            found.append(one)
    first = str((definition.get("languages") or ["fr"])[0])
    for language, places in untranslated.items():
        joined = len(places) > 1 and language != first
        found += [_untranslated(eservice, language, places)] if joined else places
    return found


def _finding(
    eservice: EService, definition: Mapping[str, Any], fault: str, former: Mapping[str, str]
) -> Finding:
    place, _colon, text = fault.partition(": ")
    if not _colon:
        place, text = "", fault
    url, name = _place(eservice, definition, place)
    return Finding(name, _words(text, definition, former), url)


def _untranslated(eservice: EService, language: str, places: list[Finding]) -> Finding:
    """Many texts of one language are one finding: they are translated on one screen."""
    names = list(dict.fromkeys(one.place for one in places if one.place))
    told = "; ".join(names[:PLACES_NAMED]) + ("…" if len(names) > PLACES_NAMED else "")
    words = _(
        "%(count)d texts are missing in this language: %(language)s. Write them side by side."
    )
    values = {"count": len(places), "language": str(LANGUAGE_NAMES.get(language, language)).lower()}
    url = reverse("builder:translations", args=[eservice.pk])
    return Finding(told, words % values, f"{url}?language={language}&show=missing")


def _former_labels(
    eservice: EService, definition: Mapping[str, Any], faults: list[str]
) -> dict[str, str]:
    """Return what the questions that conditions still read were called before they went."""
    reads = [READS.fullmatch(fault.partition(": ")[2]) for fault in faults]
    gone = {match[1].removeprefix("row.").rpartition(".")[2] for match in reads if match}
    gone -= {str(field.get("key")) for _s, _p, field in editing.fields_of(definition)}
    found: dict[str, str] = {}
    if not gone:
        return found
    older = eservice.revisions.filter(is_aside=False).order_by("-number")
    for earlier in older.values_list("definition", flat=True)[:REMEMBERED].iterator():
        for _step, _path, field in editing.fields_of(earlier):
            if (key := str(field.get("key"))) in gone - set(found):
                found[key] = pick(field.get("label"))
        if gone <= set(found):
            break
    return found


def _is_light(fault: str) -> bool:
    text = fault.partition(": ")[2] or fault
    return any(pattern.fullmatch(text) for pattern in LIGHT)


def _words(text: str, definition: Mapping[str, Any], former: Mapping[str, str]) -> str:
    if match := LANGUAGE.fullmatch(text):
        language = str(LANGUAGE_NAMES.get(match[1], match[1]))
        return _("The text is missing in this language: %s.") % language.lower()
    if match := READS.fullmatch(text):
        return _reads(match[1], definition, former)
    return circuit_words.unknown(text, definition) or fault_words(text)


def _reads(path: str, definition: Mapping[str, Any], former: Mapping[str, str]) -> str:
    """Tell which question a condition cannot read from where it stands, and the way out."""
    name = path.removeprefix("row.")
    for _step, where, field in editing.fields_of(definition):
        if where == path or (name != path and where.endswith(f".{name}")):
            words = _(
                "The condition reads “%s”, which comes later: move it before, or change the condition."
            )
            return words % (pick(field.get("label")) or name)
    if label := former.get(name.rpartition(".")[2]):
        words = _(
            "The condition reads “%s”, which was deleted: change the condition, or take the question back from the history."
        )
        return words % label
    return (
        _("The condition reads “%s”, which does not exist (any more): change the condition.") % name
    )


def _place(eservice: EService, definition: Mapping[str, Any], place: str) -> tuple[str, str]:
    """Return the address and the name of a place as the checks write it."""
    if key := circuit_words.stage_of(place):
        return _in_circuit(eservice, definition, key)
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
    if place.startswith(("circuit", "stage '", "block '")):
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


def _in_circuit(eservice: EService, definition: Mapping[str, Any], key: str) -> tuple[str, str]:
    name = f"{_('Circuit')} › {circuit_words.title_of(definition, key)}"
    kind = "stage" if circuits.find(definition, key) else "block"
    try:
        return reverse(f"circuit:{kind}", args=[eservice.pk, key]), name
    except NoReverseMatch:
        return _circuit(eservice), name


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
