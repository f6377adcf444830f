"""What is written when a sitting is prepared and held."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from eservices.sittings.archive import Search
from eservices.sittings.models import Execution, Verdict
from portal.accounts.models import Office, User


def _moment(label: Any) -> forms.DateTimeField:
    """A day and an hour; without the browser's help they are typed as 2026-11-22 09:00."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, widget=widget)


def _text(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class SittingForm(forms.Form):
    body = forms.CharField(label=_("Body"), max_length=160)
    office = forms.ModelChoiceField(label=_("Prepared by"), queryset=Office.objects.none())
    starts_at = _moment(_("Date and hour"))
    place = forms.CharField(label=_("Place"), max_length=200)
    chair = forms.CharField(label=_("Chaired by"), max_length=200)

    def __init__(self, offices: list[Office], data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["office"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Office.objects.filter(pk__in=[office.pk for office in offices])
        field.empty_label = None


class MemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of an agent"))

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None or not user.is_agent:
            raise forms.ValidationError(_("No agent has this address."))
        return user


class LateForm(forms.Form):
    late_reason = forms.CharField(
        label=_("Why is it added late?"), required=False, max_length=500, widget=_text(2)
    )


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(
        label=_("Decision"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Text of the decision"),
        help_text=_("As it will stand in the minutes and, unless classified, in the report."),
        required=False,
        max_length=5000,
        widget=_text(4),
    )
    responsible = forms.CharField(label=_("Who carries it out"), required=False, max_length=200)
    due_on = forms.DateField(
        label=_("By"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    # What the writer had before his eyes: a colleague's decision is not written over unseen.
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, possible: Collection[str], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["verdict"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [one for one in Verdict.choices if one[0] in possible]


class SearchForm(forms.Form):
    """Decisions are looked for by words, what was decided, how far it is and when."""

    q = forms.CharField(
        label=_("Number, ministry or words"), required=False, max_length=100,
        widget=forms.TextInput({"type": "search", "dir": "auto"}),
    )  # fmt: skip
    verdict = forms.ChoiceField(
        label=_("Decision"), required=False, choices=[("", _("All")), *Verdict.choices]
    )
    state = forms.ChoiceField(
        label=_("How far is it?"), required=False, choices=[("", _("All")), *Execution.choices]
    )
    since = forms.DateField(
        label=_("Sitting from"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d")
    )

    def wanted(self) -> Search:
        """Return what was typed; what is no day, or no such choice, is left out."""
        self.full_clean()
        given = self.cleaned_data
        return Search(
            words=given.get("q", ""),
            verdict=given.get("verdict", ""),
            state=given.get("state", ""),
            since=given.get("since"),
            until=given.get("until"),
        )


class CloseForm(forms.Form):
    ends_at = _moment(_("End of the sitting"))


class ExecutionForm(forms.Form):
    state = forms.ChoiceField(
        label=_("How far is it?"), choices=Execution.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=_text(2))
