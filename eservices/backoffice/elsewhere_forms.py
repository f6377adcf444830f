"""What an agent writes to obtain something elsewhere, to plan a hearing, to name a delegate."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from eservices.backoffice.access import Agent
from eservices.backoffice.casefile import CaseFile
from eservices.backoffice.forms import CaseForm
from eservices.cases.models import CASE_ROLES, CaseTask, Hearing, HearingStatus
from portal.accounts.errors import BadPhone
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.accounts.phones import parse_phone
from portal.core import faults


class DeskForm(forms.Form):
    """A form of the desk that is about no case in particular."""

    def summary(self) -> list[dict[str, str]]:
        """Return the faults for the box above the form, each with a link to its field."""
        return faults.summary(self)


class OutsideForm(CaseForm):
    prefix = "outside"
    name = forms.CharField(label=_("Name of the person"), max_length=120)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        phone = cleaned.get("phone", "")
        if phone:
            try:
                cleaned["phone"] = parse_phone(phone, self.file.case.office.country)
            except BadPhone as exc:
                self.add_error("phone", str(exc))
        elif not cleaned.get("email") and not self.errors:
            self.add_error("phone", gettext("Give a telephone number or an e-mail address."))
        return cleaned


class EnlistForm(CaseForm):
    prefix = "hearing"
    hearing = forms.ModelChoiceField(Hearing.objects.none(), label=_("Hearing"), empty_label=None)

    def __init__(
        self, file: CaseFile, task: CaseTask, data: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(file, data)
        field: Any = self.fields["hearing"]
        field.queryset = Hearing.objects.filter(
            office=task.office_id, status=HearingStatus.PLANNED, starts_at__gt=timezone.now()
        )
        field.label_from_instance = hearing_label


def hearing_label(hearing: Hearing) -> str:
    moment = timezone.localtime(hearing.starts_at)
    return f"{date_format(moment, 'SHORT_DATETIME_FORMAT')} – {hearing.room}"


class RerouteForm(CaseForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("To which office"))
    reason = forms.CharField(
        label=_("Why this office"),
        help_text=_("The applicant reads this."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, file: CaseFile, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(file, data)
        field: Any = self.fields["office"]
        home = file.case.office
        near = Office.objects.open().filter(country=home.country)
        # An office where nobody has the role would only be the next one to be stuck.
        able = OfficeMembership.objects.filter(
            office=OuterRef("pk"),
            role__in={task.role for task in file.standing.open_tasks},
            user__is_active=True,
        )
        field.queryset = near.filter(Exists(able), is_training=home.is_training)
        field.label_from_instance = Office.name_in


class ReopenForm(CaseForm):
    reason = forms.CharField(
        label=_("Why is this request examined again?"),
        help_text=_("The applicant reads this."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class _OfOffice(DeskForm):
    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"), empty_label=None)

    def __init__(self, agent: Agent, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.agent = agent
        field: Any = self.fields["office"]
        field.queryset = Office.objects.open().filter(pk__in=agent.office_ids)
        field.label_from_instance = Office.name_in
        if len(agent.office_ids) == 1:
            field.initial = agent.office_ids[0]
            field.widget = forms.HiddenInput()


class MomentField(forms.DateTimeField):
    """A day and an hour, on the clock of the place."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    input_formats = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]


class MoveForm(DeskForm):
    """Another day, hour or room for a hearing."""

    prefix = "move"
    starts_at = MomentField(label=_("New day and hour"))
    room = forms.CharField(label=_("Room"), max_length=120)
    reason = forms.CharField(label=_("Why? The applicants read it."), max_length=1000)


class PlanForm(_OfOffice):
    starts_at = MomentField(label=_("Day and hour"))
    room = forms.CharField(label=_("Room"), max_length=120)
    presided_by = forms.CharField(label=_("Presided by"), max_length=200, required=False)


class DelegationForm(_OfOffice):
    absent = forms.ModelChoiceField(User.objects.none(), label=_("Who is absent"))
    delegate = forms.ModelChoiceField(User.objects.none(), label=_("Who replaces"))
    first_day = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, agent: Agent, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(agent, data)
        people = User.objects.filter(
            pk__in=OfficeMembership.objects.filter(
                office__in=agent.office_ids, role__in=CASE_ROLES
            ).values("user"),
            is_active=True,
        ).order_by("full_name")
        led = [row.office_id for row in agent.memberships if row.role == Role.CHIEF]
        self.fields["delegate"].queryset = people  # type: ignore[attr-defined]
        self.fields["absent"].queryset = (  # type: ignore[attr-defined]
            people if led else people.filter(pk=agent.user.pk)
        )
        self.fields["absent"].initial = agent.user.pk

    def moments(self) -> tuple[datetime, datetime]:
        """Return the beginning of the first day and the end of the last, where the office is."""
        zone = self.agent.time_zone
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        start = datetime(first.year, first.month, first.day, tzinfo=zone)
        end = datetime(last.year, last.month, last.day, tzinfo=zone) + timedelta(days=1)
        return start, end
