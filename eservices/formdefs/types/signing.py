"""What commits the person: an attestation to tick, a signature drawn or typed."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.controls import Control, join, tag
from eservices.formdefs.reading import tidy
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types.base import Family, FieldType, Invalid, register
from eservices.formdefs.types.choices import Consent
from eservices.formdefs.types.settings import Setting, one_of
from portal.core.texts import pick


@register
class Attestation(Consent):
    """Words that the person makes his own by ticking the box. Never optional."""

    key = "attestation"
    label = gettext_lazy("Declaration on honour")
    description = gettext_lazy("A text, and a box that must be ticked.")
    family: ClassVar[Family] = "layout"
    settings = (Setting("text", "long_text", gettext_lazy("What is declared")),)
    blank_message = gettext_lazy("Read the text, then tick the box.")

    def control(self, question: Question, control: Control) -> SafeString:
        text = pick(question.field.config.get("text"), control.language)
        parts = [tag("p", {}, one) for one in text.split("\n\n") if one.strip()]
        words = [tag("div", {"class": "g-notice"}, *parts)] if parts else []
        return join([*words, super().control(question, control)])

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        return _("Declared") if value is True else ""

    def to_pdf(self, field: FieldSpec, value: Any, language: str) -> str:
        words = pick(field.config.get("text"), language) or pick(
            field.config.get("label"), language
        )
        return words if value is True else ""

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        optional = config.get("required") is False or "required_if" in config
        return ["a declaration is always required; show it only if needed"] if optional else []


# What signature.js draws, in a box of 600 × 200: whole numbers and two letters, nothing else.
STROKES = re.compile(r"(?:M[0-9]{1,3} [0-9]{1,3}(?:L[0-9]{1,3} [0-9]{1,3})*)+")
MAX_PATH = 16_000
LEAST_LINES = 5
MAX_NAME = 160


@register
class Signature(FieldType):
    """The name typed as a signature, or a drawing, kept as the lines that were drawn."""

    key = "signature"
    label = gettext_lazy("Signature")
    description = gettext_lazy("Drawn with the finger, or the full name typed.")
    family = "file"
    settings = (
        one_of(
            "kind",
            gettext_lazy("What is accepted"),
            ("either", gettext_lazy("Drawn or typed")),
            ("typed", gettext_lazy("Typed")),
            ("drawn", gettext_lazy("Drawn")),
        ),
    )
    many = True
    reader = "map"
    blank_message = gettext_lazy("Sign: write your full name, or draw your signature.")

    def read(self, data: Mapping[str, Any], name: str) -> Any:
        raw = {part: data.get(f"{name}.{part}") for part in ("name", "path")}
        return raw if any(value is not None for value in raw.values()) else None

    def is_blank(self, raw: Any) -> bool:
        return not isinstance(raw, Mapping) or not any(
            isinstance(raw.get(part), str) and raw[part].strip() for part in ("name", "path")
        )

    def to_raw(self, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return None
        return {
            part: value.get(part) for part in ("name", "path") if isinstance(value.get(part), str)
        }

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        kind = field.config.get("kind", "either")
        name = tidy((raw.get("name") or "")[: MAX_NAME * 4])
        path = (raw.get("path") or "").strip()
        if path and (len(path) > MAX_PATH or not STROKES.fullmatch(path)):
            raise Invalid(_("The drawing cannot be read: clear it and sign again."))
        if path and path.count("L") < LEAST_LINES:
            raise Invalid(_("The drawing is too small: clear it and sign again."))
        if kind == "drawn" and not path:
            raise Invalid(_("Draw your signature in the box."))
        if (kind == "typed" or not path) and not 2 <= len(name) <= MAX_NAME:
            raise Invalid(_("Write your full name to sign."))
        signed = {"name": name[:MAX_NAME], "path": "" if kind == "typed" else path}
        return {part: text for part, text in signed.items() if text}

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, Mapping) else {}
        kind = question.field.config.get("kind", "either")
        path = str(raw.get("path") or "")
        path = path if len(path) <= MAX_PATH and STROKES.fullmatch(path) else ""
        name = control.attributes(
            suffix=".name", type="text", value=str(raw.get("name") or "")[:MAX_NAME], dir="auto",
            aria_describedby=None, autocomplete="name",
        )  # fmt: skip
        typed = [
            tag("label", {"class": "g-small", "for": control.id}, _("Write your full name")),
            tag("input", name),
        ]
        hidden = {"type": "hidden", "name": f"{control.name}.path", "value": path}
        pad = {
            "data-signature": "", "data-clear": _("Clear"), "data-hint": _("Or sign in this box"),
            "class": "g-signature",
        }  # fmt: skip
        drawing = [] if kind == "typed" else [tag("div", pad, tag("input", hidden), _svg(path))]
        return tag("div", {"class": "g-stack"}, *typed, *drawing)

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        parts = {
            "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME},
            "path": {"type": "string", "maxLength": MAX_PATH, "pattern": f"^{STROKES.pattern}$"},
        }
        wanted = {"typed": ["name"], "drawn": ["path"]}.get(field.config.get("kind", ""), [])
        return {
            "type": "object",
            "properties": parts,
            "required": wanted,
            "minProperties": 1,
            "additionalProperties": False,
        }

    def to_text(self, field: FieldSpec, value: Any, language: str) -> str:
        if not isinstance(value, Mapping):
            return str(value or "")
        name = str(value.get("name") or "")
        if not value.get("path"):
            return _("Signed: %s") % name if name else ""
        return _("Signed by hand: %s") % name if name else _("Signed by hand")

    def picture(self, field: FieldSpec, value: Any) -> SafeString | None:
        path = value.get("path") if isinstance(value, Mapping) else None
        good = isinstance(path, str) and len(path) <= MAX_PATH and STROKES.fullmatch(path)
        return _svg(path, _("Signature")) if good and isinstance(path, str) else None

    def to_search(self, field: FieldSpec, value: Any) -> str:
        return str(value.get("name") or "") if isinstance(value, Mapping) else ""


def _svg(path: str, name: str = "") -> SafeString:
    """Return the drawing; `path` was held against STROKES."""
    line = {"d": path, "fill": "none", "stroke": "currentColor", "stroke-width": "4"}
    role = {"role": "img", "aria-label": name} if name else {"aria-hidden": "true"}
    box = {"viewBox": "0 0 600 200", "class": "g-signature__lines", "hidden": not path}
    return tag("svg", box | role, tag("path", line))
