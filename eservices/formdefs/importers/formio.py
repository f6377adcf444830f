"""The components of form.io, as Open Forms and others draw them, as fields of ours."""

import html
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.expansion import both
from eservices.formdefs.importers import jsconditions, jsonlogic
from eservices.formdefs.importers.base import Keys, Loss, Unsupported, text_of
from eservices.formdefs.importers.dates import limit
from eservices.formdefs.importers.formio_options import options_of
from eservices.formdefs.importers.formio_parts import (
    children,
    file_settings,
    inside,
    plain,
    rules_of,
    says,
    words,
)
from eservices.formdefs.importers.formio_tables import (
    BOXES,
    CHANGED,
    COMPARED,
    LOST_KEYS,
    MAX_BOXES,
    ROWS,
    SILENT,
    TYPES,
)
from eservices.formdefs.importers.regexes import formatted

TAGS = re.compile(r"<[^>]+>")


class Components:
    """Reads components one after the other; what is lost is told as it goes."""

    def __init__(self) -> None:
        self.keys, self.losses = Keys(), list[Loss]()
        self.kinds: dict[str, str] = {}
        self.fields: dict[str, dict[str, Any]] = {}  # by the key of elsewhere
        self.groups: set[str] = set()  # our keys of what repeats
        self.boxes: set[str] = set()  # keys of elsewhere that only hold others
        self.deep = 0
        self.inside: dict[str, str] = {}  # our key of a column → our key of its group

    def lose(self, place: str, text: str) -> None:
        self.losses.append(Loss(place, text))

    def all(self, components: list[Any], group: str = "") -> list[dict[str, Any]]:
        fields: list[dict[str, Any]] = []
        for one in components:
            if isinstance(one, Mapping) and not one.get("type") and one.get("components"):
                one = {**one, "type": "panel", "title": one.get("title") or one.get("label")}
            if not (isinstance(one, Mapping) and one.get("type")):
                continue
            try:
                fields += self._component(one, group)
            except (AttributeError, LookupError, TypeError, ValueError) as error:
                self.lose(
                    str(one.get("key") or one["type"])[:80],
                    _("it cannot be read (%(error)s)") % {"error": error},
                )
        return fields

    def _component(self, one: Mapping[str, Any], group: str) -> list[dict[str, Any]]:
        kind, key = str(one["type"]), self._key(one)
        self.inside[key] = group
        if kind == "button":
            if str(one.get("action") or "") not in SILENT:
                self.lose(
                    key, _("the button does “%(get)s” elsewhere") % {"get": one.get("action")}
                )
            return []
        if kind == "columns":
            columns = [column for column in one.get("columns") or [] if isinstance(column, Mapping)]
            return [
                f for column in columns for f in self.all(column.get("components") or [], group)
            ]
        if kind in BOXES:
            return self._box(one, key, group)
        if kind in ROWS:
            return self._rows(one, key, group)
        if kind == "children":
            self.lose(key, _("the children of the register are asked one by one"))
            return self._kept(
                one, {**children(), "key": key, "label": self.text(one, "label")}, group
            )
        if kind == "survey":
            return self._survey(one, key)
        if kind not in TYPES and (inner := inside(one)):
            self.lose(key, _("the box “%(kind)s” is not kept, its questions are") % {"kind": kind})
            return self.all(inner, group)
        if kind not in TYPES:
            self.lose(key, _("the component “%(kind)s” has no equal here") % {"kind": kind})
            return []
        if kind in CHANGED:
            self.lose(
                key, _("“%(kind)s” is asked as %(what)s") % {"kind": kind, "what": CHANGED[kind]}
            )
        return self._kept(one, self._question(one, key, kind), group)

    def _key(self, one: Mapping[str, Any]) -> str:
        """Return a key that no other question has: elsewhere a box may hold the same name again."""
        name = str(one.get("key") or one["type"])
        key = self.keys.make(name)
        return self.keys.make(f"{name} {len(self.kinds)}") if key in self.kinds else key

    # --- What holds others ---------------------------------------------------------------------
    def _box(self, one: Mapping[str, Any], key: str, group: str) -> list[dict[str, Any]]:
        self.boxes.add(str(one.get("key")))
        self.deep += 1
        inner = self.all(one.get("components") or [], group)
        self.deep -= 1
        if not inner:
            return []
        if self.deep >= MAX_BOXES:  # deeper, the questions stand in the box around
            shown = self.condition(one, key, group).get("show_if")
            for field in inner if shown is not None else []:
                field["show_if"] = both(shown, field.get("show_if"))
            return inner
        named = (
            "title" if one.get("type") == "panel" else "legend" if one.get("legend") else "label"
        )
        title = self.text(one, named) or self.text(one, "label")
        silent = (
            one.get("hideHeader")
            or one.get("hideLabel")
            or one.get("type") in {"well", "container"}
        )
        label = {"label": title} if title and not silent else {}
        return self._kept(one, {"key": key, "type": "section", "fields": inner, **label}, group)

    def _rows(self, one: Mapping[str, Any], key: str, group: str) -> list[dict[str, Any]]:
        self.groups.add(key)
        columns = self._columns(self.all(one.get("components") or [], key))
        field = {
            "key": key,
            "type": "group",
            "label": self.text(one, "label") or key,
            "fields": columns,
        }
        for ours, theirs in (("row_title", "groupLabel"), ("add_label", "addAnother")):
            if text := self.text(one, theirs):
                field[ours] = text
        rules = rules_of(one)
        for ours, theirs in (("max", "maxLength"), ("min", "minLength")):
            if type(rules.get(theirs)) is int and rules[theirs] > 0:
                field[ours] = min(rules[theirs], 200)
        return self._kept(one, field, group)

    def _columns(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what may stand in a row: no section, no file, no rows in rows."""
        found: list[dict[str, Any]] = []
        for field in fields:
            if field["type"] == "section":
                found += self._columns(field["fields"])
            elif field["type"] in {"file", "group"}:
                self.lose(field["key"], _("it cannot stand in a row: ask it apart"))
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
                "label": self.text(question, "label") or str(question["value"]),
                "required": False,
                "options": options_of(one, key, self),
            }
            for question in asked
        ]

    # --- One question --------------------------------------------------------------------------
    def _question(self, one: Mapping[str, Any], key: str, kind: str) -> dict[str, Any]:
        field = {"key": key, **TYPES[kind]}
        if field["type"] == "explanation":
            text = TAGS.sub(" ", str(one.get("html") or one.get("content") or ""))
            return field | {"text": " ".join(html.unescape(text).split()) or key}
        field["label"] = self.text(one, "label") or key
        if description := self.text(one, "description") or self.text(one, "tooltip"):
            field["help"] = description
        if kind in {"radio", "select", "selectboxes"}:
            field["options"] = options_of(one, key, self)
            if kind == "select" and one.get("multiple"):
                field |= {"type": "multi_choice"}
                field.pop("widget")
        elif one.get("multiple") and kind not in {"file", "tags"}:
            self.lose(key, _("several answers to one question: make it a group that repeats"))
        if kind == "datetime" and one.get("enableTime") is False:
            field["type"] = "date"
        if kind == "number" and one.get("decimalLimit") == 0:
            field["type"] = "integer"
            field.pop("decimals")
        if one.get("appointments"):
            self.lose(key, _("it takes an appointment: make it a slot of a counter"))
        if kind == "customerProfile" and one.get("digitalAddressTypes") == ["email"]:
            field["type"] = "email"
        self._dressed(one, field)
        self._validated(one, field)
        for name, told in LOST_KEYS.items():
            if says(one.get(name)):
                self.lose(
                    key,
                    _("%(told)s is not taken over%(get)s")
                    % {"told": told, "get": words(one.get(name))},
                )
        return field

    def _dressed(self, one: Mapping[str, Any], field: dict[str, Any]) -> None:
        """Units, limits of files and of dates, masks."""
        if field["type"] in {"integer", "decimal"} and (unit := self.text(one, "suffix")):
            field["unit"] = unit
        if field["type"] == "file":
            field |= file_settings(one)
        if field["type"] == "date":
            for name in ("min", "max"):
                try:
                    day = limit(one, name, self.variable)
                except Unsupported as error:
                    self.lose(
                        field["key"],
                        _("its limit of dates reads %(error)s it is left out") % {"error": error},
                    )
                    continue
                field |= {name: day} if day is not None else {}
        mask = str(one.get("inputMask") or "")
        if field["type"] == "text" and mask and not set(mask) - set("9aA*-/ .()"):
            example = mask.translate({ord("9"): "1", ord("a"): "B", ord("A"): "B", ord("*"): "1"})
            field |= {"type": "pattern", "mask": mask.upper(), "example": example}

    def _validated(self, one: Mapping[str, Any], field: dict[str, Any]) -> None:
        rules = rules_of(one)
        field["required"] = bool(rules.get("required"))
        if field["type"] in {"text", "long_text"}:
            if type(rules.get("maxLength")) is int:
                field["max_length"] = max(1, min(rules["maxLength"], 10_000))
            least = rules.get("minLength")
            if type(least) is int and least > 0:
                field["min_length"] = min(least, field.get("max_length", 200))
        names = (
            {"min": "min", "max": "max"} if field["type"] in {"decimal", "money", "integer"} else {}
        )
        if field["type"] == "multi_choice":
            names = {"min": "minSelectedCount", "max": "maxSelectedCount"}
        for ours, theirs in names.items():
            if type(rules.get(theirs)) in (int, float):
                field[ours] = rules[theirs]
        if rules.get("pattern"):
            self._formatted(field, str(rules["pattern"]))
        if rules.get("plugins"):
            self.lose(
                field["key"],
                _("its own validation “%(what)s” is not taken over") % {"what": rules["plugins"]},
            )
        if custom := str(rules.get("custom") or "").strip():
            self._ruled(field, custom)

    def _formatted(self, field: dict[str, Any], pattern: str) -> None:
        settings = formatted(pattern) if field["type"] == "text" else None
        if settings is None:
            self.lose(
                field["key"],
                _("make it a formatted text with an example: %(pattern)s") % {"pattern": pattern},
            )
            return
        if "regex" in settings:
            for name in ("max_length", "min_length"):
                field.pop(name, None)
            self.lose(
                field["key"],
                _("check the example made for the format %(pattern)s: %(what)s")
                % {"pattern": pattern, "what": settings["example"]},
            )
        field |= settings

    def _ruled(self, field: dict[str, Any], code: str) -> None:
        def reads(path: str) -> Any:
            return {"var": field["key"]} if path == "input" else self.variable(path)

        try:
            require, message = jsconditions.valid(code.replace("input", "data.input"), reads)
        except Unsupported:
            self.lose(
                field["key"], _("its own validation “%(code)s” is not taken over") % {"code": code}
            )
            return
        field["_rule"] = {
            "require": require, "when": {"filled": [{"var": field["key"]}]}, "field": field["key"],
            "message": message or "Vérifiez cette réponse.",
        }  # fmt: skip

    def text(self, one: Mapping[str, Any], name: str) -> Any:
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
        field |= self.condition(one, field["key"], group)
        return [field]

    def condition(self, one: Mapping[str, Any], place: str, group: str = "") -> dict[str, Any]:
        """Return when a component, or a page, is shown; told when it cannot be said here."""
        try:
            shown = self._shown(one, group)
        except Unsupported as error:
            self.lose(
                place, _("its condition reads %(error)s it is always asked") % {"error": error}
            )
            return {}
        if shown is not None:
            return {"show_if": shown}
        return {"show_if": False} if one.get("hidden") else {}  # a rule shows it, or nothing does

    def _shown(self, one: Mapping[str, Any], group: str) -> Any:
        """Return the condition of a component, in the three ways that form.io writes it."""
        condition = one.get("conditional") if isinstance(one.get("conditional"), Mapping) else {}
        assert isinstance(condition, Mapping)

        def reads(path: str) -> Any:
            return self.variable(path, group)

        custom = str(one.get("customConditional") or "").strip()
        if custom:
            try:
                return jsconditions.shown(custom, reads)
            except Unsupported as error:
                raise Unsupported(f"{error} in “{custom[:120]}”:") from None
        if condition.get("json"):
            return jsonlogic.translate(
                condition["json"], lambda path: reads(path.removeprefix("data."))
            )
        found: Any = None
        if condition.get("conditions"):
            parts = [self._compared(part, reads) for part in condition["conditions"]]
            joined = "or" if condition.get("conjunction") == "any" else "and"
            found = parts[0] if len(parts) == 1 else {joined: parts}
        elif condition.get("when"):
            found = {"eq": [reads(str(condition["when"])), plain(condition.get("eq"))]}
        if found is None:
            return None
        return found if condition.get("show") in (True, "true") else {"not": [found]}

    def _compared(self, part: Mapping[str, Any], reads: Any) -> Any:
        """Return one line of the newer conditions: a component, an operator, a value."""
        left, name = reads(str(part.get("component"))), str(part.get("operator") or "isEqual")
        if name in {"isEmpty", "isNotEmpty"}:
            return {"empty" if name == "isEmpty" else "filled": [left]}
        if name == "notIncludes":
            return {"not": [{"contains": [left, plain(part.get("value"))]}]}
        if name not in COMPARED:
            raise Unsupported(_("“%(name)s”, which has no equal here:") % {"name": name})
        return {COMPARED[name]: [left, plain(part.get("value"))]}

    def variable(self, path: str, group: str = "") -> Any:
        """Return the expression that reads `path`. :raises Unsupported:"""
        known = self.keys.known
        if path in known and path not in self.boxes:
            holder = self.inside.get(known[path], "")
            if holder and holder != group:
                raise Unsupported(_("“%(path)s”, which stands in rows,") % {"path": path})
            return {"var": f"row.{known[path]}" if holder else known[path]}
        head, _dot, rest = path.partition(".")
        if head in known and self.kinds.get(known[head]) == "multi_choice" and rest:
            return {"contains": [self.variable(head, group), rest]}
        if rest and (head in {*self.boxes, "row"} or (group and known.get(head) == group)):
            return self.variable(rest, group)
        raise Unsupported(_("“%(path)s”, which is no question,") % {"path": path})
