"""The field types: everything one kind of question knows about itself, in one class."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.controls import Control
from eservices.formdefs.spec import FieldSpec, Question, State

# What any field may say. The rest is the type's own `config_keys`.
COMMON_KEYS = frozenset(
    [
        "key",
        "type",
        "label",
        "help",
        "required",
        "required_if",
        "show_if",
        "messages",
        "personal",
        "autocomplete",
        "note",
    ]
)
FIELD_TYPES: dict[str, "FieldType"] = {}


class Invalid(Exception):
    """The text cannot be this answer. The message tells the person what to write instead."""


class FieldType:
    """A kind of question. `raw` is what the form holds, `value` the JSON kept as the answer."""

    key: ClassVar[str]
    config_keys: ClassVar[frozenset[str]] = frozenset()
    expression_keys: ClassVar[frozenset[str]] = frozenset()  # config that is an expression
    asks: ClassVar[bool] = True  # holds an answer of the person
    many: ClassVar[bool] = False  # several controls under one question
    reader: ClassVar[str] = "text"  # how form.js reads the value; see static/js/form.js
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

    def control(self, question: Question, control: Control) -> SafeString:
        """Return the HTML that asks, without its label, help and error."""
        raise NotImplementedError

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        """Return what a person reads. Total: an answer of a strange shape is told as it is."""
        return "" if value is None else str(value)

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return self.to_text(field, value, "fr")

    def anonymise(self, field: FieldSpec, value: Any) -> Any:
        """Return what may stay when the person must be forgotten."""
        return None

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        """Return what is wrong with the type's own config."""
        return []


def register(cls: type[FieldType]) -> type[FieldType]:
    if cls.key in FIELD_TYPES:
        raise ValueError(f"field type {cls.key!r} is already registered")
    FIELD_TYPES[cls.key] = cls()
    return cls


def whole(config: Mapping[str, Any], key: str, least: int, most: int) -> list[str]:
    """Lint: `config[key]`, if given, is a whole number within the limits."""
    value = config.get(key)
    if value is None or (type(value) is int and least <= value <= most):
        return []
    return [f"{key} must be a whole number from {least} to {most}"]
