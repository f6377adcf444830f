"""The form by which an editor imports a list."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.codelists.reading import MAX_BYTES


class ImportForm(forms.Form):
    key = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_("The name by which forms ask for this list, for example: communes."),
    )
    title = forms.CharField(label=_("Title"), max_length=200)
    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("First line: value; label_fr; label_ar; parent; from; until."),
    )
    text = forms.CharField(
        label=_("Or the lines themselves"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=MAX_BYTES,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        file, text = cleaned.get("file"), cleaned.get("text")
        if file and file.size > MAX_BYTES:
            self.add_error("file", _("The file is too large."))
        elif not file and not text:
            self.add_error("file", _("Choose a file, or paste its lines."))
        return cleaned

    def content(self) -> bytes | str:
        file = self.cleaned_data.get("file")
        return file.read() if file else self.cleaned_data["text"]
