"""The export of Open Forms (a zip, or its parts in one JSON) as a definition of ours."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.formdefs.importers import jsonlogic
from eservices.formdefs.importers.base import (
    MAX_BYTES,
    CannotImport,
    Imported,
    Unsupported,
    frame,
    text_of,
)
from eservices.formdefs.importers.formio import Components
from eservices.formdefs.importers.layout import languages_of, place_after, step

PARTS = ("forms", "formSteps", "formDefinitions", "formLogic", "formVariables")
Made = list[tuple[Mapping[str, Any], dict[str, Any]]]  # each step of theirs, and ours


def import_openforms(
    content: bytes, name: str, *, country: str = "BJ", currency: str = "XOF", office: str = ""
) -> Imported:
    """Return the form of an export. :raises CannotImport:"""
    parts = _parts(content)
    if not parts["forms"] or not parts["formDefinitions"]:
        raise CannotImport(_("This is no export of Open Forms: forms and definitions are missing."))
    try:
        return _Importer(parts).run(name, country=country, currency=currency, office=office)
    except (AttributeError, LookupError, TypeError, ValueError, RecursionError) as error:
        raise CannotImport(
            _("The parts of this export do not have the shape of a form.")
        ) from error


def _parts(content: bytes) -> dict[str, list[Any]]:
    if len(content) > MAX_BYTES:
        raise CannotImport(_("The file is too large."))
    try:
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > 4 * MAX_BYTES:
                    raise CannotImport(_("The archive is too large once unpacked."))
                names = set(archive.namelist())
                found = {
                    one: json.loads(archive.read(f"{one}.json"))
                    for one in PARTS
                    if f"{one}.json" in names
                }
        else:
            found = json.loads(content)
    except (zipfile.BadZipFile, ValueError, RecursionError) as error:
        raise CannotImport(_("This is neither a zip nor JSON.")) from error
    found = found if isinstance(found, dict) else {}
    found = found.get("export_blob", found)  # a version kept in its database
    if isinstance(found.get("components"), list):  # a bare definition, as form.io writes it
        return _bare(found)
    return {one: _listed(found.get(one)) for one in PARTS}


def _listed(part: Any) -> list[Any]:
    """Return a part as a list: an export kept as one JSON holds each as a text."""
    try:
        given = json.loads(part) if isinstance(part, str) else part
    except ValueError as error:
        raise CannotImport(_("This is neither a zip nor JSON.")) from error
    return given if isinstance(given, list) else []


def _bare(form: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return a definition of form.io as an export: each page of its “wizard” is a step."""
    title = str(form.get("title") or form.get("name") or "")
    pages = [one for one in form["components"] if isinstance(one, Mapping)]
    is_wizard = len(pages) > 1 and all(
        one.get("type") in {"panel", "button"} for one in pages if one.get("type")
    )
    if not is_wizard:
        pages = [
            {"title": title, "key": str(form.get("name") or ""), "components": form["components"]}
        ]
    definitions = [
        {"name": str(page.get("title") or page.get("label") or title), "slug": str(page.get("key") or ""),
         "configuration": page, "page": page if is_wizard else None}
        for page in pages
        if page.get("type") != "button"
    ]  # fmt: skip
    return {one: [] for one in PARTS} | {"forms": [{"name": title}], "formDefinitions": definitions}


class _Importer:
    def __init__(self, parts: Mapping[str, list[Any]]) -> None:
        self.parts = parts
        self.components = Components()
        self.shows: dict[int, tuple[dict[str, Any], list[Any], list[Any]]] = {}
        self.values: dict[str, list[tuple[Any, Any]]] = {}  # of a variable: when, what

    def run(self, name: str, **more: str) -> Imported:
        form = self.parts["forms"][0]
        made: Made = [(place, self._step(source)) for place, source in self._sources()]
        for number, rule in enumerate(self._rules(), start=1):
            self._logic(_("rule %d") % number, rule, made)
        self._shown_by_rules()
        steps = [
            step({**one, "label": one["title"]}, one["fields"])
            | ({"rules": one["rules"]} if one.get("rules") else {})
            for _place, one in made
            if one["fields"]
        ]
        self._variables(steps)
        languages, lacks = languages_of(steps)
        for code, count in lacks.items():
            self.lose(
                _("languages"),
                _("%(count)s texts are not written in “%(code)s”") % {"count": count, "code": code},
            )
        title = self._named(form) or name
        definition = frame(
            str(form.get("slug") or name), steps, title=title, languages=languages, **more
        )
        self._around(form)
        return Imported(definition, self.components.losses)

    def lose(self, place: str, text: str) -> None:
        self.components.lose(place, text)

    def _around(self, form: Mapping[str, Any]) -> None:
        """Tell what stands around the questions and has no place in a form of ours."""
        if form.get("authentication_backends") or form.get("auth_backends"):
            self.lose(_("form"), _("its ways of signing in are those of another country"))
        if form.get("payment_backend"):
            self.lose(_("form"), _("its payment is not taken over: write the fees"))
        if form.get("appointment_options"):
            self.lose(_("form"), _("it takes an appointment: make it a slot of a counter"))
        for backend in form.get("registration_backends") or []:
            told = (
                backend.get("name") or backend.get("backend")
                if isinstance(backend, Mapping)
                else ""
            )
            self.lose(
                _("form"),
                _("it sends what was filed to “%(told)s”: write the circuit instead")
                % {"told": told},
            )

    # --- Steps ---------------------------------------------------------------------------------
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
            elif isinstance(place.get("configuration"), Mapping):
                found.append((place, place))
            else:
                self.lose(str(place.get("slug")), _("its definition is not in the export"))
        return found or [({}, one) for one in listed]

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
        if isinstance(configuration, str):  # the oldest exports
            configuration = json.loads(configuration)
        components = configuration.get("components") if isinstance(configuration, Mapping) else []
        key = self.components.keys.make(str(source.get("slug") or source.get("name") or "step"))
        made = {"key": key, "title": self._named(source) or key}
        if isinstance(source.get("page"), Mapping):
            made |= self.components.condition(source["page"], key)
        return made | {"fields": self.components.all(components or [])}

    # --- Rules ---------------------------------------------------------------------------------
    def _rules(self) -> list[Mapping[str, Any]]:
        rules = [one for one in self.parts["formLogic"] if isinstance(one, Mapping)]
        return sorted(rules, key=lambda one: one.get("order") or 0)

    def _logic(self, place: str, rule: Mapping[str, Any], made: Made) -> None:
        if rule.get("description"):
            place = f"{place} ({str(rule['description'])[:60]})"
        try:
            trigger = jsonlogic.translate(rule.get("json_logic_trigger"), self.components.variable)
        except (Unsupported, AttributeError) as error:
            return self.lose(place, _("%(error)s has no equal here") % {"error": error})
        for action in rule.get("actions") or []:
            self._action(place, trigger, action, made)
        return None

    def _action(self, place: str, trigger: Any, action: Mapping[str, Any], made: Made) -> None:
        what = action.get("action") or {}
        kind = what.get("type")
        target = str(action.get("form_step_uuid") or action.get("form_step") or "")
        steps = [one for found, one in made if target and str(found.get("uuid")) in target]
        prop = (what.get("property") or {}).get("value")
        field = self.components.fields.get(str(action.get("component")))
        if kind == "property" and prop == "hidden" and field is not None:
            self._shows(field, trigger, hides=bool(what.get("state")))
        elif kind == "property" and prop == "validate.required" and field is not None:
            field |= {
                "required": False,
                "required_if": trigger if what.get("state") else {"not": [trigger]},
            }
        elif kind in {"step-not-applicable", "step-applicable"} and steps:
            self._shows(steps[0], trigger, hides=kind == "step-not-applicable")
        elif kind == "disable-next":
            holder = steps[0] if steps else made[-1][1]
            message = "Ces réponses ne permettent pas de continuer."
            rules = holder.setdefault("rules", [])
            rules.append({"require": {"not": [trigger]}, "message": message})
        elif kind == "variable" and action.get("variable"):
            self._sets(place, str(action["variable"]), trigger, what.get("value"))
        elif kind == "property":
            self.lose(
                place,
                _("it changes “%(prop)s” of %(get)s: that has no equal here")
                % {"prop": prop, "get": action.get("component")},
            )
        else:
            self.lose(place, _("the action “%(kind)s” has no equal here") % {"kind": kind})

    def _shows(self, what: dict[str, Any], trigger: Any, *, hides: bool) -> None:
        """Remember a rule that shows or hides: several may speak of the same question."""
        _what, shown, hidden = self.shows.setdefault(id(what), (what, [], []))
        (hidden if hides else shown).append(trigger)

    def _shown_by_rules(self) -> None:
        for what, shown, hidden in self.shows.values():
            parts: list[Any] = [{"not": [one]} for one in hidden]
            if shown and not (hidden and "show_if" not in what):
                parts.insert(0, shown[0] if len(shown) == 1 else {"or": shown})
            # “Hidden” alone means: until a rule shows it.
            parts = [what["show_if"], *parts] if what.get("show_if") not in (None, False) else parts
            what["show_if"] = parts[0] if len(parts) == 1 else {"and": parts}

    # --- Variables -----------------------------------------------------------------------------
    def _sets(self, place: str, name: str, trigger: Any, value: Any) -> None:
        if name in self.components.fields:
            return self.lose(
                place,
                _("it fills in “%(name)s” for the person: that has no equal here") % {"name": name},
            )
        try:
            found = jsonlogic.translate(value, self.components.variable)
        except Unsupported as error:
            return self.lose(place, _("%(error)s has no equal here") % {"error": error})
        self.values.setdefault(name, []).append((trigger, found))
        # Rules after this one may read it.
        self.components.kinds[self.components.keys.make(name)] = "computed"
        return None

    def _variables(self, steps: list[dict[str, Any]]) -> None:
        """A variable that rules fill is a calculated value; one that nothing fills is told."""
        for one in self.parts["formVariables"]:
            if not isinstance(one, Mapping) or one.get("source") != "user_defined":
                continue
            name = str(one.get("key"))
            if name not in self.values:
                self.lose(_("variable %(name)s") % {"name": name}, _("make it a calculated value"))
        for name, cases in self.values.items():
            value: Any = None
            for trigger, found in cases:  # the last rule that holds wins
                value = found if trigger is True else {"if": [trigger, found, value]}
            key = self.components.keys.make(name)
            field = {"key": key, "type": "computed", "hidden": True, "label": name, "value": value}
            place_after(steps, field)


def _last(address: Any) -> str:
    return str(address).rstrip("/").rpartition("/")[2]
