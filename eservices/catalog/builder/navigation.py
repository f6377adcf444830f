"""The screens of one e-service, as its menu shows them."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.catalog.builder.sections import SECTIONS
from eservices.catalog.models import EService


@dataclass(frozen=True, slots=True)
class Entry:
    key: str
    label: str | Promise
    icon: str
    url: str
    is_current: bool


SCREENS = [
    ("overview", _("Steps"), "steps", "overview"),
    ("circuit", _("Circuit"), "branch", "circuit:edit"),
    *((one.key, one.label, one.icon, f"section/{one.key}") for one in SECTIONS.values()),
    ("translations", _("Translations"), "languages", "translations"),
    ("check", _("Check"), "check", "check"),
    ("tests", _("Test answers"), "flask", "tests"),
    ("history", _("History"), "history", "history"),
    ("publish", _("Publish"), "flag", "publish"),
]


def sections(eservice: EService, current: str) -> list[Entry]:
    return [
        Entry(key, label, icon, _url(eservice, name), key == current)
        for key, label, icon, name in SCREENS
    ]


def _url(eservice: EService, name: str) -> str:
    if ":" in name:  # a screen that another app adds
        return reverse(name, args=[eservice.pk])
    screen, _slash, section = name.partition("/")
    return reverse(f"builder:{screen}", args=[eservice.pk, *([section] if section else [])])
