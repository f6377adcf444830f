"""Canned texts in the administration, and the way to the journal."""

from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.casework import canned
from eservices.casework.models import CannedText


class CannedTextForm(forms.ModelForm):
    """A canned text with one box for each language, and the places that may be filled in."""

    class Meta:
        model = CannedText
        fields = ["name", "kind", "office", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"text_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name},
                required=code == settings.LANGUAGE_CODE,
                max_length=4000,
                initial=(self.instance.text or {}).get(code, ""),
                widget=forms.Textarea(attrs={"rows": 6, "lang": code, "dir": "auto"}),
                help_text=self._places() if code == settings.LANGUAGE_CODE else "",
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, _name in settings.LANGUAGES:
            if unknown := canned.unknown_places({code: cleaned.get(f"text_{code}") or ""}):
                names = ", ".join(f"{{{name}}}" for name in unknown)
                text = _("Nothing is known to fill in %(names)s.") % {"names": names}
                self.add_error(f"text_{code}", text)
        return cleaned

    def save(self, commit: bool = True) -> CannedText:
        texts = {code: self.cleaned_data[f"text_{code}"] for code, _name in settings.LANGUAGES}
        self.instance.text = {code: text for code, text in texts.items() if text}
        return super().save(commit)

    def _places(self) -> str:
        places = ", ".join(f"{{{name}}} ({label})" for name, label in canned.PLACES.items())
        return _("You may write: %(places)s.") % {"places": places}


class CannedTextViewSet(ModelViewSet):
    model = CannedText
    name = "canned-texts"
    icon = "mail"
    menu_label = _("Canned texts")
    menu_order = 510
    add_to_admin_menu = True
    list_display = ["name", "kind", "office", "is_active"]
    list_filter = ["kind", "office", "is_active"]
    search_fields = ["name"]
    ordering = ["name"]
    inspect_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:
        return CannedTextForm


class JournalItem(MenuItem):
    def is_shown(self, request: Any) -> bool:
        return bool(request.user.is_superuser)


@hooks.register("register_admin_viewset")
def register_canned_texts() -> CannedTextViewSet:
    return CannedTextViewSet()


@hooks.register("register_reports_menu_item")
def register_journal() -> MenuItem:
    return JournalItem(_("Journal"), reverse("backoffice:journal"), icon_name="history", order=900)
