"""Several choices from a short fixed list, kept as a JSON list of codes."""

from typing import Any

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    CITIZENS = "citizens", _("Citizens")
    COMPANIES = "companies", _("Companies")
    ASSOCIATIONS = "associations", _("Associations")
    FOREIGNERS = "foreigners", _("Foreign residents")
    DIASPORA = "diaspora", _("Nationals abroad")
    ADMINISTRATIONS = "administrations", _("Administrations")


class _CodesFormField(forms.TypedMultipleChoiceField):
    def has_changed(self, initial: Any, data: Any) -> bool:
        return set(initial or []) != set(data or [])


class CodesField(models.JSONField):
    """A list of codes of `code_choices`; the editor ticks boxes."""

    def __init__(self, *args: Any, code_choices: Any = (), **kwargs: Any) -> None:
        self.code_choices: list[tuple[str, str | Promise]] = list(code_choices)
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> forms.Field:
        return _CodesFormField(
            choices=self.code_choices,
            required=not self.blank,
            label=capfirst(self.verbose_name),
            help_text=self.help_text,
            widget=forms.CheckboxSelectMultiple,
            initial=list,
        )
