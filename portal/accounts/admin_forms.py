"""Forms of the administration: offices, who works there, staff accounts."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.users import forms as wagtail_forms

from portal.accounts import separation, services
from portal.accounts.errors import BadPhone
from portal.accounts.hours_fields import hours_fields, week_typed
from portal.accounts.models import Office, OfficeMembership, User
from portal.accounts.phones import PhoneField, parse_phone
from portal.accounts.policies import accepts_staff_email

NOT_OFFICIAL = _("Staff accounts need an official e-mail address.")
GROUP_HAS_ROLES = _(
    "Rights over accounts and groups may not be given here: people of this group have a role in "
    "an office and read citizens' files (%(people)s)."
)


class OfficeForm(forms.ModelForm):
    """An office, with one field for its name in each language."""

    class Meta:
        model = Office
        fields = [
            "code",
            "kind",
            "parent",
            "country",
            "time_zone",
            "calendar",
            "territory",
            "address",
            "phone",
            "other_phones",
            "email",
            "latitude",
            "longitude",
            "is_active",
            "is_training",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {f"name_{code}": self._name_field(code) for code, _name in settings.LANGUAGES}
        self.fields = names | self.fields | hours_fields(self.instance)
        self.fields["is_active"].help_text = _(
            "A closed office receives nothing new. What already waits there is on its chief's list “To repair”, to be passed to another office."
        )
        if self.instance.pk:
            # Offices are named by this code in the e-services: it never changes.
            self.fields["code"].disabled = True

    def clean_country(self) -> str:
        return self.cleaned_data["country"].upper()

    def clean_time_zone(self) -> str:
        zone = self.cleaned_data["time_zone"]
        if zone not in available_timezones():
            raise forms.ValidationError(_("Enter a time zone such as Africa/Djibouti."))
        return zone

    def clean_parent(self) -> Office | None:
        """Refuse a parent that is itself below this office: the tree would become a ring."""
        parent = above = self.cleaned_data["parent"]
        while above is not None:
            if above.pk == self.instance.pk:
                raise forms.ValidationError(_("An office cannot be part of itself."))
            above = above.parent
        return parent

    def save(self, commit: bool = True) -> Office:
        names = {code: self.cleaned_data[f"name_{code}"] for code, _name in settings.LANGUAGES}
        self.instance.name = {code: name for code, name in names.items() if name}
        office = super().save(commit)
        if office.pk:
            services.save_hours(office, week_typed(self.cleaned_data))
            services.save_closures(office, self.cleaned_data["closures"])
        return office

    def _name_field(self, code: str) -> forms.Field:
        return forms.CharField(
            label=_("Name (%(language)s)") % {"language": code},
            required=code == settings.LANGUAGE_CODE,
            max_length=200,
            initial=(self.instance.name or {}).get(code, ""),
            widget=forms.TextInput(attrs={"lang": code, "dir": "auto"}),
        )


class MembershipForm(forms.ModelForm):
    """A role in an office. People are found by phone or e-mail: nobody scrolls through citizens."""

    person = forms.CharField(
        label=_("E-mail address or phone number of the person"), max_length=254
    )

    class Meta:
        model = OfficeMembership
        fields = ["office", "role", "function"]

    field_order = ["person", "office", "role", "function"]
    by: User | None = None  # who gives the role

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            user = self.instance.user
            self.fields["person"].initial = user.email or user.phone
            self.fields["person"].disabled = True

    def clean_person(self) -> str:
        typed = self.cleaned_data["person"].strip()
        user = _find(typed)
        if user is None:
            raise forms.ValidationError(_("Nobody has this e-mail address or phone number."))
        if not accepts_staff_email(user.email):
            raise forms.ValidationError(NOT_OFFICIAL)
        if separation.manages_accounts(user):
            raise forms.ValidationError(separation.HAS_RIGHTS)
        self.instance.user = user
        return typed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        same = OfficeMembership.objects.filter(
            user=self.instance.user_id, office=cleaned.get("office"), role=cleaned.get("role")
        )
        if same.exclude(pk=self.instance.pk).exists():
            self.add_error(None, _("This person already has this role in this office."))
        return cleaned

    def save(self, commit: bool = True) -> OfficeMembership:
        if self.instance.pk or not commit:
            return super().save(commit)
        office, role, function = (self.cleaned_data[key] for key in ("office", "role", "function"))
        self.instance = services.add_member(
            office, self.instance.user, role, by=self.by, function=function
        )
        return self.instance


class OwnNameForm(forms.ModelForm):
    """What editors change about themselves in the CMS."""

    class Meta:
        model = User
        fields = ["full_name"]


class StaffFields(wagtail_forms.UserForm):
    """A staff account: no user name, no password. The first sign-in is by a code sent by mail."""

    first_name = None
    last_name = None
    phone = PhoneField(required=False, help_text=_("Optional."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].required = True
        self.fields["username"].required = False
        self.fields["username"].widget = forms.HiddenInput()

    def clean_username(self) -> str:
        return self.instance.username

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("Another account has this e-mail address."))
        if not accepts_staff_email(email):
            raise forms.ValidationError(NOT_OFFICIAL)
        return email

    def save(self, commit: bool = True) -> User:
        if self.instance.pk is None:
            self.instance.set_unusable_password()
        if "phone" in self.changed_data:
            self.instance.phone_verified = bool(self.cleaned_data["phone"])
        saved = super().save(commit)
        if {"groups", "is_superuser", "is_active"} & set(self.changed_data):
            services.note_rights(saved, self.cleaned_data.get("groups") or ())
        return saved

    def separate_username_field(self) -> bool:
        return False


FIELDS = ["username", "email", "full_name", "phone", "language", "is_superuser", "groups"]


class StaffCreationForm(StaffFields):
    class Meta:
        model = User
        fields = FIELDS
        widgets = {
            "groups": forms.CheckboxSelectMultiple,
            "language": forms.Select(choices=settings.LANGUAGES),
        }


class StaffEditForm(StaffFields, wagtail_forms.UserEditForm):
    class Meta:
        model = User
        fields = [*FIELDS, "is_active"]
        widgets = StaffCreationForm.Meta.widgets

    def clean_email(self) -> str:
        # A citizen's own address is looked after by the citizen: only staff are held to a domain.
        email = self.cleaned_data["email"].lower()
        if email == self.instance.email.lower():
            return email
        return super().clean_email()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        becomes_staff = cleaned.get("groups") or cleaned.get("is_superuser")
        if becomes_staff and not accepts_staff_email(cleaned.get("email", "")):
            self.add_error("email", NOT_OFFICIAL)
        if separation.has_role(self.instance):
            if cleaned.get("is_superuser"):
                self.add_error("is_superuser", separation.HAS_ROLE)
            if separation.grants(cleaned.get("groups") or ()):
                self.add_error("groups", separation.HAS_ROLE)
        return cleaned


class StaffGroupForm(wagtail_forms.GroupForm):
    """A group of the CMS. Rights over accounts are for people without a role in an office."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        permissions = cleaned.get("permissions")
        if self.instance.pk and permissions and permissions.filter(separation.RIGHTS).exists():
            people = [str(one) for one in separation.members_with_role(self.instance)[:5]]
            if people:  # above the form: its table of rights shows no errors
                self.add_error(None, GROUP_HAS_ROLES % {"people": ", ".join(people)})
        return cleaned


def _find(typed: str) -> User | None:
    try:
        phone = parse_phone(typed)
    except BadPhone:
        phone = "?"
    return User.objects.filter(Q(email__iexact=typed) | Q(phone=phone), is_active=True).first()
