"""What agents write beside the decision: letters, notes, tasks, and the discharge of a hand-over."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.forms import LongText
from eservices.casework.handover import Receiver
from eservices.casework.models import IdentityKind
from portal.accounts.models import User
from portal.core import faults


class MessageForm(forms.Form):
    text = LongText(
        label=_("Message to the applicant"),
        help_text=_(
            "The applicant is told by SMS or e-mail and reads it on the page of the request."
        ),
        rows=5,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Read and judged where files are stored; here so that a fault has its place.
        self.fields["files"] = forms.Field(label=_("Files to send along"), required=False)


class NoteForm(forms.Form):
    note = LongText(
        label=_("Note for colleagues"),
        help_text=_(
            "The applicant never reads it. Write @ and a name to tell a colleague of this office."
        ),
        rows=3,
    )


class ErrandForm(forms.Form):
    what = forms.CharField(label=_("What is to be done"), max_length=300)
    who = forms.ChoiceField(label=_("By whom"))
    due = forms.DateField(
        label=_("Until"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Choose the day until when it is to be done.")},
    )

    def __init__(
        self, people: Sequence[User], data: Mapping[str, Any] | None = None, *, me: User
    ) -> None:
        super().__init__(data, initial={"who": me.pk})
        self.people = {str(person.pk): person for person in people}
        field: Any = self.fields["who"]
        field.choices = [(key, str(person)) for key, person in self.people.items()]

    def clean_due(self) -> Any:
        due = self.cleaned_data["due"]
        if due < timezone.localdate():
            raise forms.ValidationError(gettext("Choose today or a later day."))
        return due

    @property
    def assignee(self) -> User:
        return self.people[self.cleaned_data["who"]]


class HandOverForm(forms.Form):
    """Who takes the act away, the paper seen, and the discharge."""

    recipient = forms.CharField(label=_("Who receives the document"), max_length=160)
    is_proxy = forms.BooleanField(
        label=_("This is not the applicant: I have seen the power of attorney."), required=False
    )
    identity_kind = forms.ChoiceField(label=_("Identity paper seen"), choices=IdentityKind.choices)
    identity_number = forms.CharField(
        label=_("Its number, or the names of the witnesses"),
        max_length=60,
        error_messages={"required": _("Write what stands on the paper you see.")},
    )
    checked = forms.BooleanField(
        label=_("I have seen this paper and it is the person’s own."),
        error_messages={"required": _("Look at the paper, then tick this.")},
    )
    in_register = forms.BooleanField(
        label=_("The person signed the paper register of this office."), required=False
    )
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)
    discharge = forms.FileField(
        label=_("Photo of the signed discharge"),
        help_text=_("Or let the person sign below on the screen."),
        required=False,
        widget=forms.ClearableFileInput(
            attrs={"accept": "image/jpeg,image/png,application/pdf", "capture": "environment"}
        ),
    )

    def __init__(
        self,
        file: CaseFile,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
    ) -> None:
        super().__init__(data, files, initial={"recipient": file.case.applicant_name})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        signed = cleaned.get("drawing") or cleaned.get("discharge") or cleaned.get("in_register")
        if not signed and not self.errors:
            text = gettext("Have the discharge signed: on the screen, or on paper.")
            self.add_error("in_register", text)
        return cleaned

    @property
    def receiver(self) -> Receiver:
        given = self.cleaned_data
        return Receiver(
            given["recipient"], given["identity_kind"], given["identity_number"], given["is_proxy"]
        )

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)
