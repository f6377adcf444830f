"""Configuration faults of a form, in words for the editor who must mend them.

A definition that passes can be published: it compiles, asks nothing it cannot evaluate, has its
texts in every language, and no condition looks at a question that comes later.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from eservices.formdefs.compiler import compile_spec
from eservices.formdefs.expansion import expand
from eservices.formdefs.groups import UnknownGroup
from eservices.formdefs.references import ROW_FORMS
from eservices.formdefs.spec import MAX_FIELDS, MAX_STEPS, CompiledSpec
from eservices.formdefs.types import COMMON_KEYS, FIELD_TYPES
from eservices.formdefs.types.choices import Listed
from eservices.formdefs.types.media import GUIDANCE, own_file
from eservices.formdefs.types.settings import COMMON
from portal.core.errors import BadConfiguration
from portal.core.expressions import compile_expression, validate
from portal.core.money import EXPONENTS

KEY = re.compile(r"[a-z][a-z0-9_]{0,59}")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_TEXT = 20_000
MAX_OPTIONS = 1_000  # written in a question; longer lists are code lists
RESERVED = frozenset({"row", "csrfmiddlewaretoken"})
STEP_KEYS = frozenset(["key", "title", "intro", "show_if", "fields", "rules", "eligibility"])
RULE_KEYS = frozenset(["require", "when", "message", "field"])
OPTION_KEYS = frozenset(["value", "label", "help", "show_if", "parent", "from", "until"])
PIECE_KEYS = frozenset(
    [
        "key",
        "label",
        "help",
        "required",
        "required_if",
        "show_if",
        "accept",
        "max_files",
        "min_files",
        "max_mb",
        "example",
        "note",
        "template",
        "guidance",
        "field",
    ]
)
FEE_KEYS = frozenset(
    ["code", "label", "unit", "quantity", "show_if", "note", "per", "field", "ceiling"]
)
FILE_KINDS = frozenset({"pdf", "jpeg", "png"})
LABELLED = frozenset({"heading", "computed", "payment_line", "file"})
FIELD_EXPRESSIONS = ("show_if", "required_if")


def lint(source: Mapping[str, Any] | CompiledSpec) -> list[str]:
    """Return the faults of a definition, each with its place; nothing when it may be published."""
    definition = source.source if isinstance(source, CompiledSpec) else source
    if not isinstance(definition, Mapping) or not isinstance(definition.get("steps"), list):
        return ["steps: a list of steps is expected"]
    try:
        definition = expand(definition)
    except (UnknownGroup, AttributeError, KeyError, TypeError) as error:
        return [str(error) if isinstance(error, UnknownGroup) else "groups: cannot be read"]
    linter = _Linter(definition)
    linter.run()
    if not linter.faults:
        try:
            compile_spec(definition)
        except BadConfiguration as error:
            linter.faults += [str(fault) for fault in error.details.get("errors", [])]  # type: ignore[attr-defined]
    return linter.faults


class _Linter:
    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.languages = [str(one) for one in definition.get("languages") or ["fr"]]
        self.faults: list[str] = []
        self.known: dict[str, frozenset[str]] = {}  # fields so far, with the columns of groups
        self.piece_count = 0

    def run(self) -> None:
        steps = self.definition["steps"]
        if not steps:
            self.fault("steps", "a form has at least one step")
        if len(steps) > MAX_STEPS or sum(1 for _ in _all_fields(steps)) > MAX_FIELDS:
            return self.fault("steps", f"at most {MAX_STEPS} steps and {MAX_FIELDS} fields")
        currency = self.definition.get("currency")
        if currency is not None and str(currency) not in EXPONENTS:
            self.fault("currency", f"{currency!r} is not known")
        self.lists()
        keys: list[str] = []
        for number, step in enumerate(steps):
            if self.mapping(f"steps[{number}]", step, STEP_KEYS):
                keys.append(self.step(f"steps[{number}]", step))
                if step.get("eligibility") and number:
                    self.fault(f"steps[{number}]", "only the first step can test who may ask")
        self.repeated("steps", keys)
        self.pieces()
        self.fees()
        for name in ("title", "summary", "declaration"):
            self.text(name, self.definition.get(name), wanted=name == "title")
        if "routing" in self.definition:
            self.expression("routing", self.definition["routing"])
        return None

    # --- Small checks --------------------------------------------------------------------------
    def fault(self, place: str, text: str) -> None:
        self.faults.append(f"{place}: {text}")

    def mapping(self, place: str, value: Any, keys: Collection[str]) -> bool:
        if not isinstance(value, Mapping):
            self.fault(place, "named entries are expected")
            return False
        for key in value:
            if key not in keys:
                self.fault(place, f"unknown key {key!r}")
        return True

    def listed(self, place: str, value: Any) -> list[Any]:
        if value is not None and not isinstance(value, list):
            self.fault(place, "a list is expected")
        return value if isinstance(value, list) else []

    def key(self, place: str, value: Any) -> str:
        if not isinstance(value, str) or not KEY.fullmatch(value) or value in RESERVED:
            self.fault(place, f"{value!r} is not a key (small letters, figures and _)")
        return str(value)

    def text(self, place: str, value: Any, *, wanted: bool = False) -> None:
        if not value:
            if wanted:
                self.fault(place, "the text is missing")
        elif any(
            len(str(one)) > MAX_TEXT
            for one in (value.values() if isinstance(value, Mapping) else [value])
        ):
            self.fault(place, f"a text has at most {MAX_TEXT} signs")
        elif isinstance(value, Mapping):
            for language in self.languages:
                if not isinstance(value.get(language), str) or not value[language].strip():
                    self.fault(place, f"the text is missing in {language!r}")
        elif not isinstance(value, str):
            self.fault(place, "a text is expected (put it between quotes)")

    def repeated(self, place: str, keys: list[str]) -> None:
        for key, times in sorted(Counter(keys).items()):
            if times > 1:
                self.fault(place, f"{key!r} stands twice")

    def expression(self, place: str, source: Any, columns: frozenset[str] | None = None) -> None:
        """Check that it is sound and reads only what stands before it."""
        for problem in validate(source):
            self.fault(place, problem)
        inside = frozenset().union(*self.known.values()) if columns is None else columns
        for path, group in sorted(_row_reads(source, None)):
            if group is None and columns is None:
                self.fault(place, f"{path!r} is read outside of a group that repeats")
            elif group and path[4:].partition(".")[0] in inside - self.known.get(group, inside):
                self.fault(place, f"{path!r} is no column of {group!r}")
        for path in sorted(compile_expression(source).variables):
            root, _, rest = path.partition(".")
            if root == "row":
                if rest.partition(".")[0] not in inside:
                    self.fault(place, f"{path!r} is no column here, or comes later")
            elif root not in self.known:
                self.fault(place, f"{root!r} is no question, or comes later")

    # --- Parts of the form ---------------------------------------------------------------------
    def lists(self) -> None:
        lists = self.definition.get("lists") or {}
        if not isinstance(lists, Mapping):
            return self.fault("lists", "named lists are expected")
        shared = self.definition.get("code_lists") or {}
        for name, options in lists.items():
            # A shared list is told in French where it was not translated.
            languages, self.languages = self.languages, ["fr"] if name in shared else self.languages
            self.options(f"lists.{name}", options)
            self.languages = languages
        return None

    def step(self, place: str, step: Mapping[str, Any]) -> str:
        key = self.key(place, step.get("key"))
        place = f"step {key!r}"
        self.text(f"{place}, title", step.get("title"), wanted=True)
        self.text(f"{place}, intro", step.get("intro"))
        if "show_if" in step:
            self.expression(f"{place}, show_if", step["show_if"])
        if not self.listed(place, step.get("fields")):
            self.fault(place, "a step has at least one field")
        before = frozenset(self.known)
        for number, field in enumerate(self.listed(place, step.get("fields"))):
            self.after_its_place(place, field, before)
            self.field(f"{place}, fields[{number}]", field, None)
        self.rules(place, step.get("rules"))
        return key

    def after_its_place(self, place: str, field: Any, before: frozenset[str]) -> None:
        """The slots of a place are drawn with the page: which place must be known before it."""
        if not isinstance(field, Mapping) or field.get("type") != "appointment":
            return
        read = compile_expression(field.get("resource")).variables
        if {path.partition(".")[0] for path in read} - before:
            self.fault(place, "an appointment stands on a step after the question of its place")

    def rules(self, place: str, rules: Any, columns: frozenset[str] | None = None) -> None:
        for number, rule in enumerate(self.listed(f"{place}, rules", rules)):
            at = f"{place}, rules[{number}]"
            if not self.mapping(at, rule, RULE_KEYS):
                continue
            for name in ("require", "when"):
                if name in rule:
                    self.expression(f"{at}, {name}", rule[name], columns)
                elif name == "require":
                    self.fault(at, "require is missing")
            self.text(f"{at}, message", rule.get("message"), wanted=True)
            fields = self.known if columns is None else columns
            if "field" in rule and str(rule["field"]) not in fields:
                self.fault(at, f"{rule['field']!r} is no field here")

    def field(self, place: str, field: Any, columns: set[str] | None) -> None:
        name = field.get("type") if isinstance(field, Mapping) else None
        kind = FIELD_TYPES.get(name) if isinstance(name, str) else None
        if kind is None:
            return self.fault(place, f"unknown type {name!r}")
        allowed = COMMON_KEYS | kind.config_keys | kind.expression_keys
        self.mapping(place, field, allowed)
        key = self.key(place, field.get("key"))
        place = f"{place} {key!r}"
        if key in (self.known if columns is None else columns):
            self.fault(place, "the key stands twice")
        if not kind.inside and columns is not None:
            name = "a group" if kind.key == "group" else f"a field of type {kind.key}"
            self.fault(place, f"{name} cannot stand in a group")
        self.texts(place, field, label_wanted=kind.asks or kind.key in LABELLED)
        inside = None if columns is None else frozenset(columns)
        for name in (*FIELD_EXPRESSIONS, *sorted(kind.expression_keys)):
            if name in field:
                self.expression(f"{place}, {name}", field[name], inside)
        if isinstance(kind, Listed):
            self.choices(place, field, inside)
        try:
            problems = kind.faults(field)
        except (AttributeError, KeyError, TypeError, ValueError):
            problems = ["its configuration cannot be read"]
        for problem in problems:
            self.fault(place, problem)
        self.note_field(place, key, kind.key, field, columns)
        return None

    def note_field(
        self, place: str, key: str, kind: str, field: Mapping[str, Any], columns: set[str] | None
    ) -> None:
        """Make the field known to what follows; a group brings its columns."""
        if columns is not None:
            columns.add(key)
            return
        if kind == "group":
            inner: set[str] = set()
            for number, column in enumerate(self.listed(place, field.get("fields"))):
                self.field(f"{place}, fields[{number}]", column, inner)
            self.rules(place, field.get("rules"), frozenset(inner))
            self.known[key] = frozenset(inner)
        else:
            self.known[key] = frozenset()

    def texts(self, place: str, field: Mapping[str, Any], *, label_wanted: bool) -> None:
        self.text(f"{place}, label", field.get("label"), wanted=label_wanted)
        kind = FIELD_TYPES[field["type"]]
        for setting in (*COMMON, *kind.settings):
            if setting.key != "label" and setting.kind in {"text", "long_text"}:
                self.text(f"{place}, {setting.key}", field.get(setting.key))
        messages = field.get("messages") or {}
        if self.mapping(f"{place}, messages", messages, {"required", "invalid"}):
            for name, text in messages.items():
                self.text(f"{place}, messages.{name}", text)

    def choices(self, place: str, field: Mapping[str, Any], columns: frozenset[str] | None) -> None:
        name = field.get("list")
        if name is not None:
            lists = self.definition.get("lists")
            if not (isinstance(lists, Mapping) and isinstance(name, str) and name in lists):
                self.fault(place, f"there is no list {name!r}")
        elif not field.get("options"):
            self.fault(place, "the list of options is empty")
        elif len(self.listed(place, field["options"])) > MAX_OPTIONS:
            self.fault(place, f"a question has at most {MAX_OPTIONS} options; use a code list")
        else:
            self.options(place, field["options"], columns)

    def options(self, place: str, options: Any, columns: frozenset[str] | None = None) -> None:
        values = []
        for number, option in enumerate(self.listed(place, options)):
            at = f"{place}, options[{number}]"
            if not self.mapping(at, option, OPTION_KEYS):
                continue
            value = option.get("value")
            if not isinstance(value, str) or not value or len(value) > 100:
                self.fault(at, f"the value {value!r} must be a text (put it between quotes)")
            self.text(f"{at}, label", option.get("label"), wanted=True)
            self.text(f"{at}, help", option.get("help"))
            for name in ("from", "until"):
                if name in option and not DAY.fullmatch(str(option[name])):
                    self.fault(at, f"{name} is a day like '2026-01-31', between quotes")
            if "show_if" in option:
                self.expression(f"{at}, show_if", option["show_if"], columns)
            values.append(str(value))
        self.repeated(place, values)

    def pieces(self) -> None:
        keys = []
        for number, piece in enumerate(self.listed("pieces", self.definition.get("pieces"))):
            place = f"pieces[{number}]"
            if not self.mapping(place, piece, PIECE_KEYS):
                continue
            keys.append(self.key(place, piece.get("key")))
            self.text(f"{place}, label", piece.get("label"), wanted=True)
            self.text(f"{place}, help", piece.get("help"))
            for name in FIELD_EXPRESSIONS:
                if name in piece:
                    self.expression(f"{place}, {name}", piece[name])
            accepted = {str(one) for one in self.listed(place, piece.get("accept"))}
            if accepted - FILE_KINDS:
                self.fault(place, f"accept is a list of {', '.join(sorted(FILE_KINDS))}")
            if "template" in piece and not own_file(piece["template"]):
                self.fault(place, "template is a file of this site (static:… or /media/…)")
            if piece.get("guidance", "document") not in list(GUIDANCE):
                self.fault(place, f"guidance is among {', '.join(GUIDANCE)}")
            sound = {}
            for name, most in (("max_files", 50), ("min_files", 50), ("max_mb", 50)):
                value = piece.get(name, 1)
                if type(value) is not int or not 1 <= value <= most:
                    self.fault(place, f"{name} must be a whole number from 1 to {most}")
                else:
                    sound[name] = value
            if sound.get("min_files", 1) > sound.get("max_files", 50):
                self.fault(place, "min_files is greater than max_files")
        self.repeated("pieces", keys)

    def fees(self) -> None:
        codes = []
        for number, fee in enumerate(self.listed("fees", self.definition.get("fees"))):
            place = f"fees[{number}]"
            if not self.mapping(place, fee, FEE_KEYS):
                continue
            codes.append(self.key(place, fee.get("code")))
            self.text(f"{place}, label", fee.get("label"), wanted=True)
            for name in ("unit", "quantity", "show_if"):
                if name in fee:
                    self.expression(f"{place}, {name}", fee[name])
            unit = fee.get("unit")
            if unit is None:
                self.fault(place, "unit is missing")
            elif isinstance(unit, (int, float)) and (type(unit) is not int or unit < 0):
                self.fault(place, "unit is a whole amount, never negative")
        self.repeated("fees", codes)


def _row_reads(source: Any, group: str | None) -> set[tuple[str, str | None]]:
    """Return each `row.…` that an expression reads, with the group whose rows it goes through.

    None is no group: the row is then that of the question itself. "" is a list made on the way.
    """
    if isinstance(source, list):
        return {found for one in source for found in _row_reads(one, group)}
    if not isinstance(source, Mapping) or len(source) != 1:
        return set()
    name, given = next(iter(source.items()))
    if name == "var":
        return {(given, group)} if isinstance(given, str) and given.startswith("row.") else set()
    if name in ROW_FORMS and isinstance(given, list) and given:
        rows = given[0]
        is_named = isinstance(rows, Mapping) and set(rows) == {"var"}
        own = str(rows["var"]) if is_named and isinstance(rows, Mapping) else ""
        return _row_reads(rows, group) | _row_reads(
            given[1:], "" if own.startswith("row.") else own
        )
    return _row_reads(given, group)


def _all_fields(steps: Iterable[Any]) -> Iterator[Any]:
    for step in steps:
        fields = step.get("fields") if isinstance(step, Mapping) else None
        for field in fields if isinstance(fields, list) else []:
            yield field
            inner = field.get("fields") if isinstance(field, Mapping) else None
            yield from inner if isinstance(inner, list) else []
