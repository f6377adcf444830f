"""What a person gives to have a document checked."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.documents.codes import clean_code

MAX_PDF_BYTES = 10 * 1024 * 1024


class VerifyForm(forms.Form):
    code = forms.CharField(
        label=_("Code printed beside the square"),
        help_text=_("28 letters and digits; spaces and hyphens do not matter."),
        max_length=300,
        required=False,
        widget=forms.TextInput(
            attrs={"class": "g-input", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}
        ),
    )  # fmt: skip
    file = forms.FileField(
        label=_("Or the PDF file itself"),
        help_text=_("It is compared with the file that was issued, and not kept."),
        required=False,
        widget=forms.FileInput(attrs={"class": "g-file", "accept": "application/pdf"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > MAX_PDF_BYTES:
            raise forms.ValidationError(_("This file is larger than any document issued here."))
        return upload

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not (data.get("code") or data.get("file")):
            self.add_error("code", _("Type the code of the document, or choose its PDF file."))
        elif data.get("code") and not data.get("file") and not clean_code(data["code"]):
            self.add_error(
                "code",
                _("A code has 28 letters and digits. Compare it with the document, sign by sign."),
            )
        return data
