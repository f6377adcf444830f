"""One control of a form with what it holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eservices.catalog.builder.condition_editor import ConditionEditor
from eservices.catalog.builder.controls import Control


class Refused(Exception):
    """What was typed is no value; the message says what to write."""


@dataclass(slots=True)
class Bound:
    """One control with what it holds: shown as stored, or as typed with what is wrong."""

    control: Control
    value: Any = None
    errors: list[str] = field(default_factory=list)
    texts: list[tuple[str, str, str, str]] = field(default_factory=list)  # name, code, words, text
    editor: ConditionEditor | None = None
    rows: Sequence[Any] = ()
    choices: Sequence[tuple[str, Any]] = ()

    @property
    def name(self) -> str:
        return self.control.name

    @property
    def id(self) -> str:
        return "id_" + self.control.name.replace(".", "-")
