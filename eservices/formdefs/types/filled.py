"""What the service fills in from elsewhere: a line of a register, the account of who files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import FIELD_TYPES, FieldType, register
from portal.core.texts import pick


@register
class Filled(FieldType):
    """Kept with the answers, never read from what is posted: nobody types it."""

    key = "filled"
    label = _("Value filled from a register")
    description = _("Taken from a line of a register or from the account, never typed.")
    family = "link"
    settings: ClassVar[tuple[s.Setting, ...]] = (
        s.one_of(
            "format", _("How it is written"), ("text", _("Text")), ("number", _("Number")),
            ("money", _("Amount")), ("date", _("Date")),
        ),
        s.CURRENCY,
        s.CODES,
    )  # fmt: skip
    reader = "computed"
    from_elsewhere = True
    blank_message = _("Nothing was found: check what you typed before.")

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        return None

    def to_raw(self, value: Any) -> Any:
        return value if isinstance(value, bool | int | float | str) else None

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        return raw

    def control(self, question: Question, control: Control) -> SafeString:
        text = self.to_text(question.field, question.value, control.language)
        return tag("output", {"class": "g-muted", "id": control.id}, text or "—")

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        named = next((one.label for one in field.options if one.value == value), None)
        return pick(named, language) or FIELD_TYPES["computed"].to_text(field, value, language)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        shape = field.config.get("format")
        kinds = {"money": "integer", "number": "number", "text": "string", "date": "string"}
        return {"type": kinds.get(str(shape), ["string", "number", "boolean"])}
