"""What a keeper writes besides the columns themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_BYTES = 5_000_000


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Kept in the history of the line."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ImportForm(forms.Form):
    sheet = forms.FileField(
        label=_("Sheet (CSV)"),
        help_text=_("The first line names the columns. Known keys are changed, new ones added."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    try_first = forms.BooleanField(
        label=_("Only try: tell what would happen, write nothing"), required=False, initial=True
    )

    def clean_sheet(self) -> object:
        sheet = self.cleaned_data["sheet"]
        if sheet.size > MOST_BYTES:
            raise forms.ValidationError(_("This sheet is larger than 5 MB."))
        return sheet
