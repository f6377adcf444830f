"""An e-service as one file, from one place to another: what the other place does not have is asked.

The file is the definition as YAML, test answers included. Offices and shared lists are named by their
codes; a code that is unknown here is replaced everywhere by the one that an editor chooses.
"""

import copy
from collections.abc import Mapping
from typing import Any

import yaml
from django.utils.translation import gettext as _

from eservices.catalog.lists import named_lists, with_code_lists
from eservices.catalog.models import EService
from eservices.catalog.shape import misshapen
from eservices.formdefs.expansion import MAX_DEPTH
from portal.accounts.models import Office
from portal.core.errors import PortalError

MAX_BYTES = 2_000_000
MAX_ALIASES = 200
Definition = Mapping[str, Any]


class FileRefused(PortalError):
    """The file cannot be an e-service; the message says why."""

    code = "file_refused"


_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # ten times as fast


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Dates are texts here."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def dump(definition: Definition) -> str:
    """Return the file. The shared lists that it names travel with it."""
    return yaml.dump(
        with_code_lists(definition), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100
    )


def load(data: bytes) -> dict[str, Any]:
    """Return the definition in a file. :raises FileRefused:"""
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than 2 MB."))
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused(_("The file is not in UTF-8: save it again in this encoding.")) from error
    try:
        _measure(text)
        definition = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise FileRefused(_("This is not a YAML file of an e-service.")) from error
    if not isinstance(definition, dict) or not isinstance(definition.get("steps"), list):
        raise FileRefused(_("This file holds no steps: it is not an e-service."))
    definition = {key: value for key, value in definition.items() if value is not None}
    if faults := misshapen(definition):
        raise FileRefused(_("The file cannot be used: %s") % "; ".join(faults))
    return definition


def _measure(text: str) -> None:
    """Look for bombs before anything is built. :raises FileRefused:"""
    depth = aliases = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        aliases += isinstance(event, yaml.AliasEvent)
        if depth > MAX_DEPTH or aliases > MAX_ALIASES:
            raise FileRefused(_("It is too large, or nested too deeply."))


def shared_lists(definition: Definition) -> list[str]:
    """Return the names of the code lists that came with the file."""
    shared = definition.get("code_lists")
    return [str(name) for name in shared] if isinstance(shared, Mapping) else []


def unknown_lists(definition: Definition) -> list[str]:
    """Return the lists that questions name and that neither the file nor this place has."""
    complete = with_code_lists(definition)
    own = complete.get("lists")
    held = set(own) if isinstance(own, Mapping) else set()
    return sorted(set(named_lists(definition.get("steps"))) - held - set(shared_lists(definition)))


def with_lists(definition: Definition, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the definition where each shared list is a local one, or its own from now on (empty)."""
    changed = copy.deepcopy(dict(definition))
    changed.pop("code_lists", None)
    local = {name: key for name, key in choices.items() if key}
    for name in local:
        changed.get("lists", {}).pop(name, None)
    _rename_lists(changed.get("steps"), local)
    if not changed.get("lists"):
        changed.pop("lists", None)
    return changed


def _rename_lists(node: Any, names: Mapping[str, str]) -> None:
    """Every list at once: a name here may be that of another list there."""
    if isinstance(node, list):
        for one in node:
            _rename_lists(one, names)
    elif isinstance(node, dict):
        if isinstance(node.get("list"), str):
            node["list"] = names.get(node["list"], node["list"])
        for value in node.values():
            _rename_lists(value, names)


# --- What the other place knows under other names ----------------------------------------------
def offices_of(definition: Definition) -> list[str]:
    """Return the codes of the offices that a definition names, in order."""
    found: dict[str, None] = {}
    _collect(definition, found)
    return list(found)


def unknown_offices(definition: Definition) -> list[str]:
    codes = offices_of(definition)
    here = set(Office.objects.filter(code__in=codes).values_list("code", flat=True))
    return [code for code in codes if code not in here]


def with_offices(definition: Definition, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the definition where each office of `choices` is replaced; two may become one."""
    return _replaced(copy.deepcopy(dict(definition)), choices, set(offices_of(definition)))


def free_names(definition: Definition) -> tuple[str, str]:
    """Return a short name and a code that nobody has here, those of the file when they are free."""
    slug, code = str(definition.get("slug") or "e-service"), str(definition.get("code") or "ES")
    number, new_slug, new_code = 2, slug, code
    while EService.objects.filter(slug=new_slug).exists():
        new_slug, number = f"{slug}-{number}", number + 1
    number = 2
    while EService.objects.filter(code=new_code).exists():
        new_code, number = f"{code}-{number}"[:20], number + 1
    return new_slug, new_code


def _collect(definition: Definition, found: dict[str, None]) -> None:
    for code in definition.get("offices") or []:
        found[str(code)] = None
    if isinstance(definition.get("routing"), str):
        found[str(definition["routing"])] = None
    _collect_inside(definition.get("routing"), found)
    for stage in (definition.get("circuit") or {}).get("stages") or []:
        if isinstance(stage.get("office"), str):
            found[stage["office"]] = None
    _collect_inside(definition.get("steps"), found)


def _collect_inside(node: Any, found: dict[str, None]) -> None:
    if isinstance(node, list):
        for one in node:
            _collect_inside(one, found)
    elif isinstance(node, Mapping):
        if node.get("type") == "office":
            for option in node.get("options") or []:
                found[str(option.get("value"))] = None
        for value in node.values():
            _collect_inside(value, found)


def _replaced(node: Any, choices: Mapping[str, str], codes: set[str]) -> Any:
    """Every text that is exactly the code of an office stands for it."""
    if isinstance(node, list):
        changed = [_replaced(one, choices, codes) for one in node]
        if all(isinstance(one, str) for one in changed):
            return list(dict.fromkeys(changed))
        return _without_twins(changed)
    if isinstance(node, Mapping):
        return {key: _replaced(value, choices, codes) for key, value in node.items()}
    if isinstance(node, str) and node in codes:
        return choices.get(node) or node
    return node


def _without_twins(entries: list[Any]) -> list[Any]:
    """Two offices that became one are one answer of the list."""
    seen: set[str] = set()
    kept = []
    for one in entries:
        value = one.get("value") if isinstance(one, Mapping) else None
        if isinstance(value, str) and value in seen:
            continue
        if isinstance(value, str):
            seen.add(value)
        kept.append(one)
    return kept
