"""The answers of a choice of form.io: written in it, kept as JSON, or fetched from elsewhere."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from eservices.formdefs.importers.formio import Components

MOST = 1_000
ELSEWHERE = {
    "url": gettext_lazy("its answers are fetched from %(where)s: make it a code list"),
    "resource": gettext_lazy("its answers are the records of another system: make it a code list"),
    "custom": gettext_lazy("its answers come from a program: write the list"),
    "variable": gettext_lazy("its answers come from a calculation: write the list"),
    "referenceLists": gettext_lazy(
        "its answers are the list “%(where)s” of a service: make it a code list"
    ),
}


def options_of(one: Mapping[str, Any], key: str, reader: "Components") -> list[dict[str, Any]]:
    """Return the answers, each value once; one to replace when there is none here."""
    data = one.get("data") if isinstance(one.get("data"), Mapping) else {}
    special = one.get("openForms") if isinstance(one.get("openForms"), Mapping) else {}
    assert isinstance(data, Mapping)
    assert isinstance(special, Mapping)
    source = str(special.get("dataSrc") or one.get("dataSrc") or "")
    if source in ELSEWHERE:
        where = special.get("code") or data.get("url") or data.get("resource") or "?"
        reader.lose(key, str(ELSEWHERE[source]) % {"where": where})
    listed = one.get("values") or data.get("values") or []
    if source == "json" or (not listed and data.get("json")):
        listed = _from_json(one, data)
    options, seen = [], set[str]()
    for option in listed[:MOST]:
        value = str(option.get("value") or "") if isinstance(option, Mapping) else ""
        if not value or value in seen:
            continue
        seen.add(value)
        made = {"value": value[:100], "label": reader.text(option, "label") or value}
        if told := reader.text(option, "description"):
            made["help"] = told
        options.append(made)
    if not options and source not in ELSEWHERE:
        reader.lose(key, _("its list of answers is empty: write it"))
    return options or [{"value": "other", "label": "?"}]


def _from_json(one: Mapping[str, Any], data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the answers of a list kept as JSON: texts, or records with a value and a label."""
    given = data.get("json")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except ValueError:
            return []
    value_name = str(one.get("valueProperty") or "value")
    found = []
    for entry in given if isinstance(given, list) else []:
        if isinstance(entry, Mapping):
            value = entry.get(value_name, entry.get("value"))
            label = entry.get("label") or entry.get("name") or entry.get("text") or value
            found.append({"value": value, "label": label})
        else:
            found.append({"value": entry, "label": entry})
    return found
