"""Text: one line, several lines, formatted identifiers, addresses of mail."""

import unicodedata
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from eservices.formdefs.controls import Control, tag
from eservices.formdefs.masks import (
    CHECKSUMS,
    MAX_LENGTH,
    BadPattern,
    as_regex,
    mask_atoms,
    matches,
    regex_atoms,
)
from eservices.formdefs.reading import MAX_ECHO, as_typed, ascii_digits, tidy
from eservices.formdefs.spec import FieldSpec, Question, State
from eservices.formdefs.types import settings as s
from eservices.formdefs.types.base import FieldType, Invalid, register
from eservices.formdefs.types.settings import Setting

# Between the letters of a name: the apostrophes of all keyboards, and hyphens.
IN_NAMES = " '\u2019\u02bc-\u2010\u2011"
SHORT = 400  # shown of an identifier, and drawn quickly of any text


@register
class Text(FieldType):
    key = "text"
    label = gettext_lazy("Short text")
    description = gettext_lazy("One line: a name, a title.")
    settings: ClassVar[tuple[Setting, ...]] = (
        s.MAX_LENGTH,
        s.MIN_LENGTH,
        Setting("uppercase", "boolean", gettext_lazy("Keep it in capital letters")),
        Setting("letters", "boolean", gettext_lazy("Letters only: the name of a person")),
        s.INPUTMODE,
        s.WIDTH,
    )
    lines = False
    default_length = 200
    html_type = "text"

    def is_blank(self, raw: Any) -> bool:
        return not isinstance(raw, str) or not raw.strip() or not tidy(raw[:MAX_ECHO])

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        most = field.config.get("max_length") or self.default_length
        if len(raw) > most * 4 + 1000:  # do not tidy megabytes only to refuse them
            raise Invalid(self.too_long(most, len(raw)))
        text = tidy(raw, lines=self.lines)
        if len(text) > most:
            raise Invalid(self.too_long(most, len(text)))
        least = field.config.get("min_length") or 0
        if len(text) < least:
            message = ngettext(
                "Write at least %d character.", "Write at least %d characters.", least
            )
            raise Invalid(message % least)
        if field.config.get("letters") and not all(map(_is_of_a_name, text)):
            raise Invalid(_("Write letters only, without figures or signs."))
        return text.upper() if field.config.get("uppercase") else text

    def too_long(self, most: int, length: int) -> str:
        text = ngettext(
            "Write at most %(most)d character: there are %(length)d.",
            "Write at most %(most)d characters: there are %(length)d.",
            most,
        )
        return text % {"most": most, "length": length}

    def echo(self, field: FieldSpec) -> int:
        return SHORT

    def control(self, question: Question, control: Control) -> SafeString:
        config = question.field.config
        width = config.get("width")
        return control.input(
            type=self.html_type,
            class_=f"g-input g-input--{width}" if width else "g-input",
            value=(question.raw or "")[:MAX_ECHO] if isinstance(question.raw, str) else "",
            dir="ltr" if self.html_type != "text" else "auto",
            inputmode=config.get("inputmode"),
            maxlength=config.get("max_length"),
        )

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        config = field.config
        found = {
            "type": "string",
            "minLength": config.get("min_length") or 1,
            "maxLength": config.get("max_length") or self.default_length,
        }
        # Letters of every script: JSON Schema has no name for them that all readers know.
        barred = ("0-9_@#/" if config.get("letters") else "") + (
            "a-z" if config.get("uppercase") else ""
        )
        return found | ({"pattern": f"^[^{barred}]*$"} if barred else {})

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        least, most = config.get("min_length", 0), config.get("max_length", 10_000)
        return ["min_length is greater than max_length"] if least > most else []


def _is_of_a_name(sign: str) -> bool:
    return sign in IN_NAMES or unicodedata.category(sign)[0] in "LM"


@register
class LongText(Text):
    key = "long_text"
    label = gettext_lazy("Long text")
    description = gettext_lazy("Several lines: a reason, a story.")
    settings = (
        s.MAX_LENGTH,
        s.MIN_LENGTH,
        Setting("rows", "integer", gettext_lazy("Lines of the box"), least=2, most=30),
    )
    lines = True
    default_length = 4000

    def control(self, question: Question, control: Control) -> SafeString:
        raw = question.raw if isinstance(question.raw, str) else ""
        attributes = control.attributes(
            class_="g-textarea", rows=question.field.config.get("rows", 5), dir="auto"
        )
        # The browser drops the first newline of a textarea.
        return tag("textarea", attributes, "\n" + raw[:MAX_ECHO])


@register
class Pattern(Text):
    """An identifier: a mask or a small regular expression, with an example for the person."""

    key = "pattern"
    label = gettext_lazy("Formatted text")
    description = gettext_lazy("A number or a code with a fixed shape, shown by an example.")
    settings = (
        Setting(
            "mask", "formats", gettext_lazy("Mask"),
            gettext_lazy("A for a letter, 9 for a figure, * for either; the rest stands for itself."),
        ),
        Setting("regex", "formats", gettext_lazy("Regular expression")),
        Setting("example", "word", gettext_lazy("Example")),
        s.one_of(
            "checksum", gettext_lazy("Check digit"), ("luhn", "Luhn"), ("iban", "IBAN"), ("rib", "RIB")
        ),
        s.INPUTMODE,
        s.WIDTH,
    )  # fmt: skip

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        config = field.config
        text = ascii_digits(tidy(raw[:400])).upper()
        wanted = self.formats(config)
        tries = [text, "".join(text.split()), "".join(sign for sign in text if sign.isalnum())]
        found = next((one for one in tries if any(matches(atoms, one) for atoms in wanted)), None)
        checksum = CHECKSUMS.get(config.get("checksum", ""))
        if found is None or len(raw) > 400:
            example = config.get("example")
            told = _("Write it like this: %s") % as_typed(example) if example else ""
            raise Invalid(told or _("Check the format."))
        if checksum and not checksum("".join(sign for sign in found if sign.isalnum())):
            raise Invalid(_("One of the digits or letters is wrong: check the number."))
        return found

    def formats(self, config: Mapping[str, Any]) -> list:
        def listed(value: Any) -> list[str]:
            return (
                [value]
                if isinstance(value, str)
                else [v for v in value or [] if isinstance(v, str)]
            )

        masks = [mask_atoms(mask.upper()) for mask in listed(config.get("mask"))]
        return masks + [regex_atoms(regex) for regex in listed(config.get("regex"))]

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        shapes = "|".join(map(as_regex, self.formats(field.config)))
        example = field.config.get("example")
        found = {"type": "string", "maxLength": MAX_LENGTH, "pattern": f"^(?:{shapes})$"}
        return found | ({"examples": [example.upper()]} if isinstance(example, str) else {})

    def control(self, question: Question, control: Control) -> SafeString:
        config = question.field.config
        return control.input(
            type="text",
            class_=f"g-input g-input--{config.get('width', 'short')}",
            value=question.raw[:SHORT] if isinstance(question.raw, str) else "",
            dir="ltr",
            inputmode=config.get("inputmode"),
            autocapitalize="characters",
            spellcheck="false",
        )

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        faults = [] if config.get("mask") or config.get("regex") else ["give a mask or a regex"]
        try:
            formats = self.formats(config)
        except BadPattern as error:
            return [*faults, f"regex: {error}"]
        example = config.get("example")
        if not isinstance(example, str):
            faults.append("give an example that people can imitate")
        elif not any(matches(atoms, example.upper()) for atoms in formats):
            faults.append("the example does not fit the format")
        return faults


@register
class Email(Text):
    key = "email"
    label = gettext_lazy("E-mail address")
    family = "person"
    settings = ()
    default_length = 254
    html_type = "email"

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        text = super().clean(field, raw, state)
        try:
            validate_email(text)
        except ValidationError:
            raise Invalid(_("Write an e-mail address like nom@exemple.org.")) from None
        return text

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        mail = {"format": "email", "pattern": r"^[^@\s]+@[^@\s]+$", "examples": ["nom@exemple.org"]}
        return {**super().schema(field), **mail}

    def control(self, question: Question, control: Control) -> SafeString:
        control.hint = control.hint or "email"
        return super().control(question, control)


@register
class Url(Text):
    """The address of a page; without a scheme it is one of the safe kind."""

    key = "url"
    label = gettext_lazy("Web address")
    settings = ()
    default_length = 500
    html_type = "url"
    check = staticmethod(URLValidator(schemes=["http", "https"]))

    def clean(self, field: FieldSpec, raw: Any, state: State) -> Any:
        text = super().clean(field, raw, state)
        text = text if "://" in text else f"https://{text}"
        try:
            self.check(text)
        except ValidationError:
            raise Invalid(_("Write the address of a page like https://exemple.org.")) from None
        return text

    def schema(self, field: FieldSpec) -> dict[str, Any]:
        return {**super().schema(field), "format": "uri", "pattern": "^https?://"}

    def control(self, question: Question, control: Control) -> SafeString:
        # Not type="url": the browser would refuse an address without its scheme.
        raw = question.raw[:2000] if isinstance(question.raw, str) else ""
        return control.input(type="text", inputmode="url", value=raw, dir="ltr", spellcheck="false")
