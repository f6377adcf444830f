"""What a person types to make a suggestion or a complaint, and to follow it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.cases.models import Case
from eservices.catalog.models import EService
from eservices.feedback.models import LONGEST, Kind
from portal.accounts.errors import BadPhone
from portal.accounts.models import Office
from portal.accounts.phones import PhoneField, parse_phone
from portal.core.references import clean_reference


class OfficeChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return obj.name_in()


class FeedbackForm(forms.Form):
    """`office` is asked only when neither the procedure nor the request names one."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you want to do?"),
        choices=[
            (Kind.SUGGESTION, gettext_lazy("Suggest something")),
            (Kind.COMPLAINT, gettext_lazy("Complain")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=gettext_lazy("What you want to say"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("What happened, where, when. Do not write secrets."),
    )
    office = OfficeChoice(
        Office.objects.none(),
        label=gettext_lazy("Which office does it concern?"),
        empty_label=gettext_lazy("Choose"),
    )
    reference = forms.CharField(
        label=gettext_lazy("Number of your request"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("If it is about a request you made. Then give its phone below."),
    )
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200, required=False)
    phone = PhoneField(
        label=gettext_lazy("Your phone"),
        required=False,
        help_text=gettext_lazy("Without a phone or a mail you follow by the number alone."),
    )
    email = forms.EmailField(label=gettext_lazy("Your mail"), required=False)
    # A trap for robots: people do not see it.
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    procedure = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    lieu = forms.SlugField(required=False, widget=forms.HiddenInput)

    case: Case | None = None

    def __init__(self, *args: Any, eservice: EService | None, place: Office | None, **kw: Any):
        super().__init__(*args, **kw)
        self.competent = place or _office_of(eservice)
        if self.competent is not None:
            del self.fields["office"]
        else:
            self.fields["office"].queryset = Office.objects.open()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("reference", "")
        if typed:
            self.case = (
                Case.objects.select_related("office__calendar", "eservice")
                .filter(reference=clean_reference(typed) or "-", phone=cleaned.get("phone") or "-")
                .first()
            )
            if self.case is None:
                # The same words for a wrong number and a wrong phone: nobody learns who filed what.
                self.add_error(
                    "reference", _("No request has this number and this phone. Check both.")
                )
        return cleaned

    @property
    def office_to_ask(self) -> Office:
        """The office that must answer; the form is valid."""
        if self.case is not None:
            return self.case.office
        return self.competent or self.cleaned_data["office"]

    @property
    def is_from_a_robot(self) -> bool:
        return bool(self.data.get("website"))


class FollowForm(forms.Form):
    reference = forms.CharField(label=gettext_lazy("Number of your message"), max_length=40)
    contact = forms.CharField(
        label=gettext_lazy("The phone or the mail that you gave"), max_length=254, required=False
    )

    def clean_contact(self) -> str:
        typed = self.cleaned_data["contact"].strip()
        try:
            return parse_phone(typed)
        except BadPhone:
            return typed


def _office_of(eservice: EService | None) -> Office | None:
    if eservice is None:
        return None
    codes = eservice.office_codes
    found = {office.code: office for office in Office.objects.open().filter(code__in=codes)}
    return next((found[code] for code in codes if code in found), None)
