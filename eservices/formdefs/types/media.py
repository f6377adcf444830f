"""Pictures for the person, and the pieces that a question asks for."""

import re
from collections.abc import Mapping
from typing import Any

from django.templatetags.static import static
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.formdefs.controls import Control, tag
from eservices.formdefs.spec import Question
from eservices.formdefs.types.base import FieldType, register
from eservices.formdefs.types.settings import Setting, one_of
from portal.core.texts import pick

# A file of this site only: shipped with the product (`static:`) or uploaded by an editor.
OWN_FILE = re.compile(r"(static:|/media/|/documents/)[A-Za-z0-9_./-]{1,200}")
GUIDANCE = {
    "document": gettext_lazy(
        "Put the paper flat, in the light, without a flash. The four corners must be visible and "
        "the words readable."
    ),
    "portrait": gettext_lazy(
        "Face uncovered and straight, plain light background, no hat and no glasses, mouth closed."
    ),
}


def own_file(address: Any) -> str:
    """Return the address of a file of this site; empty for anything else."""
    text = address if isinstance(address, str) else ""
    if not OWN_FILE.fullmatch(text) or ".." in text:
        return ""
    return static(text.removeprefix("static:")) if text.startswith("static:") else text


class Still(FieldType):
    """Shown, not asked."""

    asks = False
    inside = False

    def lint_address(self, config: Mapping[str, Any], key: str) -> list[str]:
        good = key not in config or own_file(config[key])
        return [] if good else [f"{key} is a file of this site (static:… or /media/…)"]


@register
class Image(Still):
    key = "image"
    label = gettext_lazy("Picture")
    description = gettext_lazy("Shows where to find a number, how to take a photo.")
    family = "layout"
    inside = True
    settings = (
        Setting("src", "word", gettext_lazy("Address of the picture"), wanted=True),
        Setting(
            "alt", "text", gettext_lazy("What it shows"), gettext_lazy("For who cannot see it.")
        ),
        Setting("width", "integer", gettext_lazy("Width"), least=1, most=2000),
        Setting("height", "integer", gettext_lazy("Height"), least=1, most=2000),
    )

    def control(self, question: Question, control: Control) -> SafeString:
        config = question.field.config
        caption = pick(config.get("label"), control.language)
        picture = {
            "src": own_file(config.get("src")), "alt": pick(config.get("alt"), control.language),
            "width": config.get("width"), "height": config.get("height"), "loading": "lazy",
        }  # fmt: skip
        words = [tag("figcaption", {"class": "g-small"}, caption)] if caption else []
        return tag("figure", {"class": "g-picture", "id": control.id}, tag("img", picture), *words)

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        faults = self.lint_address(config, "src")
        return faults + (
            [] if config.get("alt") else ["alt is missing: say what the picture shows"]
        )


@register
class File(Still):
    """A piece announced where its question stands; it is given with the other pieces."""

    key = "file"
    label = gettext_lazy("Piece to attach")
    description = gettext_lazy("Announced here, given on the page of the documents.")
    family = "file"
    settings = (
        Setting("max_files", "integer", gettext_lazy("Most files"), least=1, most=50),
        Setting("max_mb", "integer", gettext_lazy("Largest size, in MB"), least=1, most=50),
        Setting(
            "accept",
            "words",
            gettext_lazy("Kinds of file"),
            choices=(("pdf", "PDF"), ("jpeg", "JPEG"), ("png", "PNG")),
        ),
        Setting("template", "word", gettext_lazy("Form to download and fill in")),
        one_of(
            "guidance",
            gettext_lazy("Advice for the photo"),
            ("document", gettext_lazy("A paper")),
            ("portrait", gettext_lazy("A face")),
        ),
    )

    def control(self, question: Question, control: Control) -> SafeString:
        config = question.field.config
        title = pick(config.get("label"), control.language)
        told = _("You will attach it on the page “Your documents”.")
        parts: list[Any] = [tag("p", {}, tag("strong", {}, title)), tag("p", {}, told)]
        if config.get("help"):
            parts.insert(1, tag("p", {}, pick(config["help"], control.language)))
        if advice := GUIDANCE.get(config.get("guidance", "")):
            parts.append(tag("p", {"class": "g-small"}, advice))
        if address := own_file(config.get("template")):
            link = tag("a", {"href": address, "download": True}, _("Download the form to fill in"))
            parts.append(tag("p", {}, link))
        return tag("div", {"class": "g-notice", "id": control.id}, *parts)

    def lint(self, config: Mapping[str, Any]) -> list[str]:
        return self.lint_address(config, "template")
