"""The field types: everything one kind of question knows about itself, in one class."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.controls import Control
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types.settings import COMMON, Setting

COMMON_KEYS = frozenset({"key", "type", *(setting.key for setting in COMMON)})
FIELD_TYPES: dict[str, "FieldType"] = {}
# How the form builder sorts them.
Family = Literal["text", "number", "date", "choice", "person", "place", "file", "link", "layout"]


class Invalid(Exception):
    """The text cannot be this answer. The message tells the person what to write instead."""


class FieldType:
    """A kind of question. `raw` is what the form holds, `value` the JSON kept as the answer."""

    key: ClassVar[str]
    label: ClassVar[Any]  # what editors call it
    description: ClassVar[Any] = ""
    family: ClassVar["Family"] = "text"
    settings: ClassVar[tuple[Setting, ...]] = ()
    config_keys: ClassVar[frozenset[str]]  # of the settings, filled by `register`
    expression_keys: ClassVar[frozenset[str]]  # those among them that are expressions
    inside: ClassVar[bool] = True  # may stand in a group that repeats
    asks: ClassVar[bool] = True  # holds an answer of the person
    many: ClassVar[bool] = False  # several controls under one question
    reader: ClassVar[str] = "text"  # how form.js reads the value; see static/js/form.js
    waits: ClassVar[bool] = False  # read when the step is sent only: it costs a search, or a place
    from_elsewhere: ClassVar[bool] = (
        False  # never typed: missing, it is no fault of what was posted
    )
    repeats: ClassVar[bool] = False  # its control looks the same wherever the answer is the same
    blank_message: ClassVar[Any] = _("Answer this question.")

    def is_fieldset(self, field: FieldSpec) -> bool:
        """Whether the question is a fieldset with a legend."""
        return self.many

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        """Return what was posted for `name`; None when the form did not hold it."""
        return data.get(name)

    def is_blank(self, raw: Any) -> bool:
        return raw is None or (isinstance(raw, str) and not raw.strip())

    def to_raw(self, value: Any) -> Any:
        """Return `value` as the person would have typed it. Total."""
        return value if isinstance(value, str) else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        """Return the answer that `raw`, not blank, means. :raises Invalid:"""
        return raw

    def echo(self, field: FieldSpec) -> int:
        """Return how long a text its control shows just as it was typed, where nothing else of the
        control depends on what was typed; nought when it does.
        """
        return 0

    def control(self, question: Question, control: Control) -> SafeString:
        """Return the HTML that asks, without its label, help and error."""
        raise NotImplementedError

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        """Return what a person reads. Total: an answer of a strange shape is told as it is."""
        return "" if value is None else str(value)

    def to_pdf(self, field: FieldSpec, value: Any, language: str) -> str:
        """Return what a printed document says."""
        return self.to_text(field, value, language)

    def picture(self, field: FieldSpec, value: Any) -> SafeString | None:
        """Return the answer as a drawing, when it is one."""
        return None

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return self.to_text(field, value, "fr")

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        """Return what may stay when the person must be forgotten."""
        return None

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        """Return the JSON Schema of the answers kept."""
        return {"type": "string"}

    def faults(self, config: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the config of one field: its settings, then the type's own."""
        given = [setting for setting in (*COMMON, *self.settings) if setting.key in config]
        found = [fault for setting in given for fault in setting.faults(config[setting.key])]
        missing = [one.key for one in self.settings if one.wanted and one.key not in config]
        found += [f"{key} is missing" for key in missing]
        return found or self.lint(config)

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        """Return what is wrong beyond the shape of each setting."""
        return []


def register(cls: type[FieldType]) -> type[FieldType]:
    if cls.key in FIELD_TYPES:
        raise ValueError(f"field type {cls.key!r} is already registered")
    cls.config_keys = frozenset(one.key for one in cls.settings if one.kind != "expression")
    cls.expression_keys = frozenset(one.key for one in cls.settings if one.kind == "expression")
    FIELD_TYPES[cls.key] = cls()
    return cls
