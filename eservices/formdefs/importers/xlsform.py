"""XLSForm, the spreadsheets of ODK and Kobo, as a definition of ours."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.importers.base import (
    CannotImport,
    Imported,
    Keys,
    Loss,
    Unsupported,
    frame,
    text_of,
)
from eservices.formdefs.importers.layout import languages_of, steps_of
from eservices.formdefs.importers.regexes import formatted
from eservices.formdefs.importers.sheets import Row, read_sheets
from eservices.formdefs.importers.xpath import Scope, translate

TYPES: dict[str, dict[str, Any]] = {
    "text": {"type": "text"}, "string": {"type": "text"}, "barcode": {"type": "text"},
    "integer": {"type": "integer"}, "int": {"type": "integer"}, "range": {"type": "integer"},
    "decimal": {"type": "decimal", "decimals": 4}, "date": {"type": "date"},
    "time": {"type": "time"}, "datetime": {"type": "date_time"}, "geopoint": {"type": "map_point"},
    "location": {"type": "map_point"}, "acknowledge": {"type": "consent"},
    "trigger": {"type": "consent"}, "note": {"type": "explanation"},
    "calculate": {"type": "computed"}, "hidden": {"type": "computed"}, "image": {"type": "file"},
    "photo": {"type": "file"}, "file": {"type": "file"}, "email": {"type": "email"},
}  # fmt: skip
METADATA = frozenset(
    ["start", "end", "today", "deviceid", "username", "phonenumber", "simserial", "subscriberid",
     "audit", "start-geopoint", "uri:deviceid", "phone_number", "subscriber_id", "background-audio"]
)  # fmt: skip
SELECT = re.compile(
    r"(select_one|select one|select1|select_multiple|select multiple|select all that apply|rank)"
    r"(?: from)? +(\S+)(.*)"
)
MANY = frozenset({"select_multiple", "select multiple", "select all that apply", "rank"})
BEGIN = re.compile(r"begin[ _](group|repeat)")
END = re.compile(r"end[ _](group|repeat)")
LOOP = re.compile(r"(begin|end) loop.*")
OR_OTHER = re.compile(r"or[_ ](?:specify[_ ])?other")
OTHER = {"fr": "Autre", "ar": "غير ذلك", "en": "Other"}
SPECIFY = {"fr": "Précisez", "ar": "أوضحوا", "en": "Please say which"}
REGEX = re.compile(r"\s*regex\(\s*\.\s*,\s*(['\"])(.+)\1\s*\)\s*")
NOT_TAKEN = {
    "default": gettext_lazy("the default answer"), "readonly": gettext_lazy("“read only”"), "guidance_hint": gettext_lazy("the guidance"),
    "media_image": gettext_lazy("the picture"), "media_audio": gettext_lazy("the sound"), "media_video": gettext_lazy("the film"),
    "trigger": gettext_lazy("the trigger"), "image": gettext_lazy("the picture"), "audio": gettext_lazy("the sound"), "video": gettext_lazy("the film"),
}  # fmt: skip
SETTINGS_LOST = ("style", "instance_name", "public_key", "submission_url", "add_none_option")
EXTERNAL = re.compile(r"select[_ ]one[_ ]external +(\S+)")
OUTSIDE = "_external"
YES, NO = {"yes", "true", "true()", "1"}, {"no", "false", "false()", "0"}


def import_xlsform(
    content: bytes, name: str, *, country: str = "BJ", currency: str = "XOF", office: str = ""
) -> Imported:
    """Return the form of a workbook (.xlsx) or of a CSV of pyxform. :raises CannotImport:"""
    sheets = read_sheets(content, name)
    return _Importer(sheets).run(name, country=country, currency=currency, office=office)


class _Importer:
    def __init__(self, sheets: Mapping[str, list[Row]]) -> None:
        self.survey: list[Row] = [
            {**row, "type": EXTERNAL.sub(rf"select_one \1{OUTSIDE}", str(row.get("type") or ""))}
            for row in sheets["survey"]
        ]
        # Long lists stand on a sheet of their own; a list may have the same name on both.
        outside = sheets.get("external_choices", [])
        self.choices = [
            *sheets.get("choices", []),
            *({**one, "list_name": f"{one.get('list_name', '')}{OUTSIDE}"} for one in outside),
        ]
        self.settings = (sheets.get("settings") or [{}])[0]
        self.keys, self.losses = Keys(), list[Loss]()
        self.kinds: dict[str, str] = {}  # our key → type
        self.repeats: dict[str, str] = {}  # our key of a column → key of its group
        self.used_lists: dict[str, str] = {}  # list → column that stands for its parent

    def run(self, name: str, **more: str) -> Imported:
        if not any(row.get("type") for row in self.survey):
            raise CannotImport(_("The sheet “survey” has no question."))
        self._name_everything()
        steps = steps_of(self._block(iter(self.survey), None))
        title = str(self.settings.get("form_title") or name.rsplit(".", 1)[0])
        for key in SETTINGS_LOST:
            if self.settings.get(key):
                self.lose(_("settings"), _("%(key)s has no equal here") % {"key": key})
        languages, lacks = languages_of(steps)
        for code, count in lacks.items():
            self.lose(
                _("languages"),
                _("%(count)s texts are not written in “%(code)s”") % {"count": count, "code": code},
            )
        definition = frame(
            str(self.settings.get("form_id") or title),
            steps,
            title=title,
            languages=languages,
            lists={_list_name(one): self._options(one) for one in self.used_lists},
            **more,
        )
        return Imported(definition, self.losses)

    def lose(self, place: str, text: str) -> None:
        self.losses.append(Loss(place, text))

    def _place(self, row: Row) -> str:
        place = {"line": row["_line"], "name": row.get("name") or row.get("type")}
        return _("survey, line %(line)s (%(name)s)") % place

    # --- First pass: what each name is ---------------------------------------------------------
    def _name_everything(self) -> None:
        open_groups: list[str] = []  # for each, the repeat that it is or stands in
        for row in self.survey:
            kind = str(row.get("type") or "").strip().lower()
            if END.fullmatch(kind):
                if open_groups:
                    open_groups.pop()
                continue
            name = str(row.get("name") or "").strip()
            key = self.keys.make(name) if name else ""
            outer = open_groups[-1] if open_groups else ""
            if begin := BEGIN.match(kind):
                open_groups.append(outer or (key if begin[1] == "repeat" else ""))
            elif key:
                self.kinds[key] = str(_type(kind).get("type", ""))
                if outer:
                    self.repeats[key] = outer

    # --- Second pass: the questions ------------------------------------------------------------
    def _block(self, rows: Iterator[Row], repeat: str | None) -> list[dict[str, Any]]:
        """Return the fields up to the end of the group that was opened."""
        fields: list[dict[str, Any]] = []
        for row in rows:
            kind = str(row.get("type") or "").strip()
            low = kind.lower()
            if not kind or low.startswith("#"):
                continue
            if END.fullmatch(low):
                break
            if begin := BEGIN.match(low):
                fields += self._group(row, begin[1], rows, repeat)
            elif LOOP.fullmatch(low):
                if low.startswith("begin"):
                    self.lose(self._place(row), _("a loop over a list: its questions come once"))
            elif low in METADATA:
                self.lose(
                    self._place(row),
                    _("the data of the phone “%(kind)s” are not collected") % {"kind": kind},
                )
            elif field := self._question(row, low, repeat):
                fields += self._with_other(field, repeat)
        return fields

    def _with_other(self, field: dict[str, Any], repeat: str | None) -> list[dict[str, Any]]:
        """“or specify other”: one answer more, and the question that it opens."""
        name = field.pop("_other", None)
        if name is None:
            return [field]
        field.pop("list")
        field["options"] = [*self._options(name), {"value": "other", "label": OTHER}]
        reads = {"var": self._path(field["key"], repeat)}
        is_many = field["type"] == "multi_choice"
        shown = {"contains": [reads, "other"]} if is_many else {"eq": [reads, "other"]}
        key = self.keys.make(f"{field['key']}_other")
        return [field, {"key": key, "type": "text", "label": SPECIFY, "show_if": shown}]

    def _group(
        self, row: Row, kind: str, rows: Iterator[Row], repeat: str | None
    ) -> list[dict[str, Any]]:
        key = self.keys.make(str(row.get("name") or f"group {row['_line']}"))
        base = {"key": key, "label": text_of(row.get("label") or {}) or key}
        base |= self._conditions(row, repeat)
        if kind == "group" or repeat is not None:
            if kind == "repeat":
                self.lose(self._place(row), _("a repeat within a repeat: its questions come once"))
            return [{**base, "type": "section", "fields": self._block(rows, repeat)}]
        group = {**base, "type": "group", "fields": self._columns(self._block(rows, key))}
        if row.get("repeat_count"):
            count = self._expression(row, "repeat_count", None)
            group |= {"count": count} if count is not None else {}
        return [group]

    def _columns(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for field in fields:
            if field["type"] == "file":
                self.lose(field["key"], _("a file in each entry: ask it once, outside the group"))
        return [field for field in fields if field["type"] != "file"]

    def _question(self, row: Row, kind: str, repeat: str | None) -> dict[str, Any] | None:
        place, match = self._place(row), SELECT.fullmatch(kind)
        field = _type(kind)
        if not field:
            self.lose(place, _("the type “%(kind)s” has no equal here") % {"kind": kind})
            return None
        key = self.keys.make(str(row.get("name") or f"note {row['_line']}"))
        field = {"key": key, **field, **self._conditions(row, repeat)}
        label, hint = text_of(row.get("label") or {}), text_of(row.get("hint") or {})
        if "${" in str(row.get("label") or ""):
            self.lose(place, _("the answer inside the label is shown as its name"))
        if field["type"] == "explanation":
            return field | {"text": label or key}
        field |= {"label": label or key} | ({"help": hint} if hint else {})
        if match:
            self._selected(row, field, match, repeat)
        self._rest(row, field, kind, repeat)
        for name, words in NOT_TAKEN.items():
            if row.get(name):
                self.lose(place, _("%(words)s is not taken over") % {"words": words})
        return field

    def _conditions(self, row: Row, repeat: str | None) -> dict[str, Any]:
        condition = self._expression(row, "relevant", repeat) if row.get("relevant") else None
        return {} if condition is None else {"show_if": condition}

    def _rest(self, row: Row, field: dict[str, Any], kind: str, repeat: str | None) -> None:
        """Calculation, obligation, appearance, constraint."""
        if field["type"] == "computed":
            value = self._expression(row, "calculation", repeat) if row.get("calculation") else None
            field |= {"value": value, "hidden": not row.get("label")}
            return
        wanted = str(row.get("required") or "").lower()
        field["required"] = wanted in YES
        if wanted and wanted not in YES | NO:
            condition = self._expression(row, "required", repeat)
            field |= {"required_if": condition} if condition is not None else {}
        appearance = str(row.get("appearance") or "")
        if field["type"] == "text" and "multiline" in appearance:
            field["type"] = "long_text"
        elif field["type"] == "text" and appearance == "numbers":
            field["inputmode"] = "numeric"
        if row.get("constraint"):
            self._constraint(row, field, repeat)
        if kind in {"barcode", "range"}:
            self.lose(
                self._place(row),
                _("“%(kind)s” is asked as a %(what)s") % {"kind": kind, "what": field["type"]},
            )

    def _constraint(self, row: Row, field: dict[str, Any], repeat: str | None) -> None:
        if pattern := REGEX.fullmatch(str(row["constraint"])):
            return self._formatted(row, field, pattern[2])
        require = self._expression(row, "constraint", repeat)
        if require is None:
            return None
        own, message = self._path(field["key"], repeat), row.get("constraint_message")
        field["_rule"] = {
            "require": require,
            "when": {"filled": [{"var": own}]},
            "field": field["key"],
            "message": (text_of(message) if isinstance(message, Mapping) else message)
            or "Vérifiez cette réponse.",
        }

    def _formatted(self, row: Row, field: dict[str, Any], pattern: str) -> None:
        settings = formatted(pattern) if field["type"] == "text" else None
        if settings is None:
            self.lose(
                self._place(row),
                _("make it a formatted text with an example: %(pattern)s") % {"pattern": pattern},
            )
            field["note"] = f"regex: {pattern}"[:500]
            return
        if "regex" in settings:
            words = _("check the example made for the format %(pattern)s: %(what)s") % {
                "pattern": pattern,
                "what": settings["example"],
            }
            self.lose(self._place(row), words)
        field |= settings

    # --- Lists ---------------------------------------------------------------------------------
    def _selected(
        self, row: Row, field: dict[str, Any], match: re.Match[str], repeat: str | None
    ) -> None:
        name = match[2]
        if match[1] == "rank":
            self.lose(self._place(row), _("the order of the answers is not kept"))
        if not any(str(one.get("list_name", "")).lower() == name for one in self.choices):
            self.lose(
                self._place(row),
                _("the list %(name)s is not in the sheet “choices”") % {"name": name},
            )
            field["options"] = [{"value": "other", "label": "?"}]
            return
        field["list"] = _list_name(name)
        if OR_OTHER.search(match[3]):
            field["_other"] = name
        self.used_lists.setdefault(name, "")
        appearance = str(row.get("appearance") or "")
        if field["type"] == "choice" and ("minimal" in appearance or "autocomplete" in appearance):
            field["widget"] = "autocomplete" if "autocomplete" in appearance else "select"
        if row.get("choice_filter"):
            self._filter(row, field, name, repeat)

    def _filter(self, row: Row, field: dict[str, Any], name: str, repeat: str | None) -> None:
        """`region = ${region}` is a list that depends on an answer; anything else is lost."""
        found = self._expression(row, "choice_filter", repeat, columns=True)
        sides = (found.get("eq") if isinstance(found, Mapping) else None) or []
        columns = [one["column"] for one in sides if isinstance(one, Mapping) and "column" in one]
        if len(columns) != 1 or self.used_lists.get(name) not in {"", columns[0]}:
            if found is not None:
                self.lose(
                    self._place(row),
                    _("the filter %(what)s is not taken over") % {"what": row["choice_filter"]},
                )
            return
        self.used_lists[name] = columns[0]
        field["parent"] = next(one for one in sides if one != {"column": columns[0]})

    def _options(self, name: str) -> list[dict[str, Any]]:
        parent, options, seen = self.used_lists[name], [], set[str]()
        for one in self.choices:
            value = str(one.get("name") or one.get("value") or "")
            if str(one.get("list_name", "")).lower() != name or not value:
                continue
            if value in seen:
                self.lose(
                    _("choices, line %(what)s") % {"what": one["_line"]},
                    _("the answer %(value)s stands twice") % {"value": value},
                )
                continue
            seen.add(value)
            option = {"value": value[:100], "label": text_of(one.get("label") or {}) or value}
            if parent and one.get(parent):
                option["parent"] = str(one[parent])
            options.append(option)
        return options

    # --- Expressions ---------------------------------------------------------------------------
    def _expression(
        self, row: Row, column: str, repeat: str | None, *, columns: bool = False
    ) -> Any:
        """Return a column of the sheet in our language; None, and a loss, when it has no equal."""
        key = self.keys.known.get(str(row.get("name") or ""), "")
        own = (self._path(key, repeat), self.kinds.get(key, "")) if key else None

        def variable(name: str) -> tuple[str, str]:
            found = self.keys.known.get(name, name)
            if found not in self.kinds and found not in self.repeats.values():
                raise Unsupported(_("“%(name)s”, which is no question,") % {"name": name})
            return self._path(found, repeat), self.kinds.get(found, "")

        scope = Scope(variable, own, columns, self.repeats)
        try:
            return translate(str(row[column]), scope)
        except Unsupported as error:
            self.lose(
                self._place(row),
                _("%(column)s “%(what)s”: %(error)s has no equal here")
                % {"column": column, "what": row[column], "error": error},
            )
            return None

    def _path(self, key: str, repeat: str | None) -> str:
        return f"row.{key}" if repeat and self.repeats.get(key) == repeat else key


def _type(kind: str) -> dict[str, Any]:
    if match := SELECT.fullmatch(kind):
        return {"type": "multi_choice" if match[1] in MANY else "choice"}
    return dict(TYPES.get(kind.replace(" ", ""), {}))


def _list_name(name: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", name.lower())
