"""The export of Open Forms (a zip, or its parts in one JSON) as a definition of ours."""

import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

from eservices.formdefs.importers import jsonlogic
from eservices.formdefs.importers.base import (
    MAX_BYTES,
    CannotImport,
    Imported,
    Keys,
    Loss,
    Unsupported,
    frame,
    text_of,
)
from eservices.formdefs.importers.layout import languages_of, step

PARTS = ("forms", "formSteps", "formDefinitions", "formLogic", "formVariables")
TYPES: dict[str, dict[str, Any]] = {
    "textfield": {"type": "text"}, "textarea": {"type": "long_text"}, "number": {"type": "decimal", "decimals": 4},
    "currency": {"type": "money"}, "date": {"type": "date"}, "datetime": {"type": "date_time"},
    "time": {"type": "time"}, "email": {"type": "email"}, "phoneNumber": {"type": "phone"},
    "checkbox": {"type": "consent"}, "radio": {"type": "choice", "widget": "radio"},
    "select": {"type": "choice", "widget": "select"}, "selectboxes": {"type": "multi_choice"},
    "file": {"type": "file"}, "signature": {"type": "signature"}, "map": {"type": "map_point"},
    "iban": {"type": "bank_account", "kinds": ["iban"]}, "content": {"type": "explanation"},
    "postcode": {"type": "text"}, "licenseplate": {"type": "text"}, "addressNL": {"type": "address"},
    "partners": {"type": "person"}, "customerProfile": {"type": "phone"},
    "day": {"type": "partial_date"}, "url": {"type": "url"},
}  # fmt: skip
CHANGED = {"postcode": "a text", "licenseplate": "a text", "addressNL": "an address without postcode",
           "customerProfile": "a telephone", "partners": "a person"}  # fmt: skip
ROWS = frozenset({"editgrid", "datagrid"})
TAGS = re.compile(r"<[^>]+>")
LOST_KEYS = {
    "prefill": "the prefilling",
    "registration": "the registration",
    "defaultValue": "the default answer",
}


def import_openforms(
    content: bytes, name: str, *, country: str = "BJ", currency: str = "XOF", office: str = ""
) -> Imported:
    """Return the form of an export. :raises CannotImport:"""
    parts = _parts(content)
    if not parts["forms"] or not parts["formDefinitions"]:
        raise CannotImport("This is no export of Open Forms: forms and definitions are missing.")
    try:
        return _Importer(parts).run(name, country=country, currency=currency, office=office)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise CannotImport("The parts of this export do not have the shape of a form.") from error


def _parts(content: bytes) -> dict[str, list[Any]]:
    if len(content) > MAX_BYTES:
        raise CannotImport("The file is too large.")
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > 4 * MAX_BYTES:
                    raise CannotImport("The archive is too large once unpacked.")
                names = set(archive.namelist())
                found = {
                    one: json.loads(archive.read(f"{one}.json"))
                    for one in PARTS
                    if f"{one}.json" in names
                }
        else:
            found = json.loads(content)
    except (zipfile.BadZipFile, ValueError, RecursionError) as error:
        raise CannotImport("This is neither a zip nor JSON.") from error
    found = found if isinstance(found, dict) else {}
    if isinstance(found.get("components"), list):  # a bare definition, as form.io writes it
        title = str(found.get("title") or found.get("name") or "")
        bare = {"name": title, "slug": str(found.get("name") or ""), "configuration": found}
        return {one: [] for one in PARTS} | {"forms": [{"name": title}], "formDefinitions": [bare]}
    return {one: found[one] if isinstance(found.get(one), list) else [] for one in PARTS}


class _Importer:
    def __init__(self, parts: Mapping[str, list[Any]]) -> None:
        self.parts = parts
        self.keys, self.losses = Keys(), list[Loss]()
        self.kinds: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}  # by the key of elsewhere

    def run(self, name: str, **more: str) -> Imported:
        form = self.parts["forms"][0]
        made = [(place, self._step(source)) for place, source in self._sources()]
        for number, rule in enumerate(self.parts["formLogic"], start=1):
            self._logic(number, rule, made)
        for one in self.parts["formVariables"]:
            if isinstance(one, Mapping) and one.get("source") == "user_defined":
                self.lose(f"variable {one.get('key')}", "make it a calculated value")
        steps = [
            step({**one, "label": one["title"]}, one["fields"])
            | ({"rules": one["rules"]} if one.get("rules") else {})
            for _place, one in made
            if one["fields"]
        ]
        title = self._named(form) or name
        languages, lacks = languages_of(steps)
        for code, count in lacks.items():
            self.lose("languages", f"{count} texts are not written in “{code}”")
        definition = frame(
            str(form.get("slug") or name), steps, title=title, languages=languages, **more
        )
        if form.get("authentication_backends"):
            self.lose("form", "its ways of signing in are those of another country")
        return Imported(definition, self.losses)

    def _sources(self) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
        """Return each step with its definition, in order; all definitions where no step names one."""
        # The address of a definition changes with the version of the API; its last part does not.
        listed = self.parts["formDefinitions"]
        definitions = {_last(one.get("url")): one for one in listed if one.get("url")}
        definitions |= {str(one["uuid"]): one for one in listed if one.get("uuid")}
        found: list[tuple[Mapping[str, Any], Mapping[str, Any]]] = []
        for place in sorted(
            self.parts["formSteps"], key=lambda one: one.get("index") or one.get("order") or 0
        ):
            named = _last(place.get("form_definition") or place.get("formDefinition"))
            if named in definitions:
                found.append((place, definitions[named]))
            else:
                self.lose(str(place.get("slug")), "its definition is not in the export")
        return found or [({}, one) for one in listed]

    def lose(self, place: str, text: str) -> None:
        self.losses.append(Loss(place, text))

    def _named(self, source: Mapping[str, Any]) -> Any:
        translations = source.get("translations") or {}
        texts = {
            code: one.get("name", "")
            for code, one in translations.items()
            if isinstance(one, Mapping)
        }
        return text_of({"": str(source.get("name") or ""), **texts})

    def _step(self, source: Mapping[str, Any]) -> dict[str, Any]:
        configuration = source.get("configuration") or {}
        components = configuration.get("components") if isinstance(configuration, Mapping) else []
        key = self.keys.make(str(source.get("slug") or source.get("name") or "step"))
        return {
            "key": key,
            "title": self._named(source) or key,
            "fields": self._components(components or []),
        }

    # --- Components ----------------------------------------------------------------------------
    def _components(self, components: list[Any], group: str = "") -> list[dict[str, Any]]:
        fields: list[dict[str, Any]] = []
        for one in components:
            if not (isinstance(one, Mapping) and one.get("type")):
                continue
            try:
                fields += self._component(one, group)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                self.lose(str(one.get("key") or one["type"])[:80], f"it cannot be read ({error})")
        return fields

    def _component(self, one: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
        kind, key = str(one["type"]), self._key(one)
        if kind == "columns":
            columns = [column for column in one.get("columns") or [] if isinstance(column, Mapping)]
            return [
                field
                for column in columns
                for field in self._components(column.get("components") or [], group)
            ]
        if kind == "fieldset":
            inner = self._components(one.get("components") or [], group)
            label = {"label": self._text(one, "label")} if not one.get("hideHeader") else {}
            return self._kept(one, {"key": key, "type": "section", "fields": inner, **label}, group)
        if kind in ROWS:
            inside = self._columns(self._components(one.get("components") or [], key))
            field = {
                "key": key,
                "type": "group",
                "label": self._text(one, "label"),
                "fields": inside,
            }
            most = (one.get("validate") or {}).get("maxLength")
            return self._kept(
                one,
                field | ({"max": min(most, 200)} if isinstance(most, int) and most else {}),
                group,
            )
        if kind == "survey":
            return self._survey(one, key)
        if kind not in TYPES and (inner := _inside(one)):
            self.lose(key, f"the box “{kind}” is not kept, its questions are")
            return self._components(inner, group)
        if kind not in TYPES:
            self.lose(key, f"the component “{kind}” has no equal here")
            return []
        if kind in CHANGED:
            self.lose(key, f"“{kind}” is asked as {CHANGED[kind]}")
        return self._kept(one, self._question(one, key, kind), group)

    def _key(self, one: Mapping[str, Any]) -> str:
        """Return a key that no other question has: elsewhere a box may hold the same name again."""
        name = str(one.get("key") or one["type"])
        key = self.keys.make(name)
        return self.keys.make(f"{name} {len(self.kinds)}") if key in self.kinds else key

    def _columns(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what may stand in a row: no section, no file, no rows in rows."""
        found: list[dict[str, Any]] = []
        for field in fields:
            if field["type"] == "section":
                found += self._columns(field["fields"])
            elif field["type"] in {"file", "group"}:
                self.lose(field["key"], "it cannot stand in a row: ask it apart")
            else:
                found.append(field)
        return found

    def _survey(self, one: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """Several questions with the same answers: each is asked on its own."""
        asked = [question for question in one.get("questions") or [] if question.get("value")]
        return [
            {
                "key": self.keys.make(f"{key}.{question['value']}"),
                "type": "choice",
                "widget": "radio",
                "label": self._text(question, "label") or str(question["value"]),
                "required": False,
                "options": self._options(one, key),
            }
            for question in asked
        ]

    def _question(self, one: Mapping[str, Any], key: str, kind: str) -> dict[str, Any]:
        field = {"key": key, **TYPES[kind]}
        if kind == "content":
            return field | {"text": TAGS.sub(" ", str(one.get("html") or "")).strip() or key}
        field["label"] = self._text(one, "label") or key
        if description := self._text(one, "description") or self._text(one, "tooltip"):
            field["help"] = description
        if kind in {"radio", "select", "selectboxes"}:
            field["options"] = self._options(one, key)
            if kind == "select" and one.get("multiple"):
                field |= {"type": "multi_choice"}
                field.pop("widget")
        elif one.get("multiple") and kind != "file":
            self.lose(key, "several answers to one question: make it a group that repeats")
        if kind == "number" and one.get("decimalLimit") == 0:
            field["type"] = "integer"
            field.pop("decimals")
        if one.get("appointments"):
            self.lose(key, "it takes an appointment: make it a slot of a counter")
        self._validated(one, field)
        for name, words in LOST_KEYS.items():
            value = one.get(name)
            if (isinstance(value, Mapping) and value.get("plugin")) or (
                name == "defaultValue" and value not in (None, "", [], {}, False)
            ):
                self.lose(key, f"{words} is not taken over")
        return field

    def _validated(self, one: Mapping[str, Any], field: dict[str, Any]) -> None:
        rules = one.get("validate") if isinstance(one.get("validate"), Mapping) else {}
        assert isinstance(rules, Mapping)
        if field["type"] != "explanation":
            field["required"] = bool(rules.get("required"))
        if field["type"] in {"text", "long_text"} and isinstance(rules.get("maxLength"), int):
            field["max_length"] = max(1, min(rules["maxLength"], 10_000))
        least = rules.get("minLength")
        if field["type"] in {"text", "long_text"} and isinstance(least, int) and least > 0:
            field["min_length"] = min(least, field.get("max_length", 200))
        if field["type"] in {"decimal", "money", "integer"}:
            for name in ("min", "max"):
                if type(rules.get(name)) in (int, float):
                    field[name] = rules[name]
        if rules.get("pattern"):
            self.lose(field["key"], f"make it a formatted text with an example: {rules['pattern']}")
        for name in ("plugins", "custom"):
            if rules.get(name):
                self.lose(field["key"], f"its own validation “{rules[name]}” is not taken over")

    def _options(self, one: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        data = one.get("data") if isinstance(one.get("data"), Mapping) else {}
        assert isinstance(data, Mapping)
        listed = one.get("values") or data.get("values") or []
        special = one.get("openForms") if isinstance(one.get("openForms"), Mapping) else {}
        assert isinstance(special, Mapping)
        if special.get("dataSrc") not in (None, "manual"):
            self.lose(key, "its answers come from a calculation: write the list")
        options, seen = [], set[str]()
        for option in listed:
            value = str(option.get("value") or "") if isinstance(option, Mapping) else ""
            if not value or value in seen:
                continue
            seen.add(value)
            options.append({"value": value[:100], "label": self._text(option, "label") or value})
        if not options:
            self.lose(key, "its list of answers is empty: write it")
        return options or [{"value": "other", "label": "?"}]

    def _text(self, one: Mapping[str, Any], name: str) -> Any:
        special = one.get("openForms")
        translations = special.get("translations") if isinstance(special, Mapping) else None
        texts = {"": str(one.get(name) or "")}
        for code, given in (
            (translations or {}).items() if isinstance(translations, Mapping) else ()
        ):
            if isinstance(given, Mapping) and given.get(name):
                texts[code] = str(given[name])
        return text_of(texts)

    # --- Conditions ----------------------------------------------------------------------------
    def _kept(
        self, one: Mapping[str, Any], field: dict[str, Any], group: str
    ) -> list[dict[str, Any]]:
        self.kinds[field["key"]] = field["type"]
        self.fields[str(one.get("key"))] = field
        condition = one.get("conditional")
        if isinstance(condition, Mapping) and condition.get("when"):
            try:
                reads = self._variable(str(condition["when"]), group)
            except Unsupported as error:
                self.lose(field["key"], f"its condition reads {error} it is always asked")
                return [field]
            shown = {"eq": [reads, _value(condition.get("eq"))]}
            field["show_if"] = (
                shown if condition.get("show") in (True, "true") else {"not": [shown]}
            )
        elif one.get("hidden"):
            field["show_if"] = False  # a rule shows it, or nothing does
        return [field]

    def _variable(self, path: str, group: str = "") -> Any:
        head, _dot, rest = path.partition(".")
        known = self.keys.known
        if path in known:
            return {"var": known[path]}
        if head in known and self.kinds.get(known[head]) == "multi_choice":
            return {"contains": [{"var": known[head]}, rest]}
        if group and rest in known:
            return {"var": f"row.{known[rest]}"}
        raise Unsupported(f"“{path}”, which is no question,")

    def _logic(self, number: int, rule: Any, made: list[tuple[Any, dict[str, Any]]]) -> None:
        place = f"rule {number}"
        try:
            trigger = jsonlogic.translate(rule.get("json_logic_trigger"), self._variable)
        except (Unsupported, AttributeError) as error:
            return self.lose(place, f"{error} has no equal here")
        for action in rule.get("actions") or []:
            self._action(place, trigger, action, made)
        return None

    def _action(
        self, place: str, trigger: Any, action: Any, made: list[tuple[Any, dict[str, Any]]]
    ) -> None:
        what = action.get("action") or {}
        kind = what.get("type")
        target = str(action.get("form_step_uuid") or action.get("form_step") or "")
        steps = [one for found, one in made if target and str(found.get("uuid")) in target]
        prop = (what.get("property") or {}).get("value")
        field = self.fields.get(str(action.get("component")))
        if kind == "property" and prop == "hidden" and field is not None:
            field["show_if"] = {"not": [trigger]} if what.get("state") else trigger
        elif kind == "property" and prop == "validate.required" and field is not None:
            field |= {"required": False, "required_if": trigger}
        elif kind == "step-not-applicable" and steps:
            steps[0]["show_if"] = {"not": [trigger]}
        elif kind == "step-applicable" and steps:
            steps[0]["show_if"] = trigger
        elif kind == "disable-next":
            holder = steps[0] if steps else made[-1][1]
            message = "Ces réponses ne permettent pas de continuer."
            holder.setdefault("rules", []).append(
                {"require": {"not": [trigger]}, "message": message}
            )
        else:
            self.lose(place, f"the action “{kind}” has no equal here")


def _inside(one: Mapping[str, Any]) -> list[Any]:
    """Return the components inside a box of any kind: a panel, a well, the cells of a table."""
    cells = [cell for row in one.get("rows") or [] if isinstance(row, list) for cell in row]
    boxes = [one, *(cell for cell in cells if isinstance(cell, Mapping))]
    return [found for box in boxes for found in box.get("components") or []]


def _last(address: Any) -> str:
    return str(address).rstrip("/").rpartition("/")[2]


def _value(value: Any) -> Any:
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
