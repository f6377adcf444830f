"""Offices, calendars and roles in the administration: for administrators only.

No group can be given these permissions (they are not registered), so only administrators have them.
"""

from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.account import NameEmailSettingsPanel
from wagtail.admin.views.generic import CreateView, DeleteView, EditView
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from portal.accounts import services
from portal.accounts.admin_forms import MembershipForm, OfficeForm, OwnNameForm
from portal.accounts.calendar_forms import WeekChangeForm, WorkCalendarForm
from portal.accounts.models import Office, OfficeMembership
from portal.core.models import Holiday, WeekChange, WorkCalendar

# The CMS has no setting for this form, and its own asks for a first and a last name.
NameEmailSettingsPanel.form_class = OwnNameForm


class OfficeViewSet(ModelViewSet):
    model = Office
    name = "offices"
    icon = "home"
    menu_label = _("Offices")
    list_display = ["__str__", "code", "country", "calendar", "is_active"]
    list_filter = ["country", "is_active"]
    search_fields = ["code", "name"]
    ordering = ["code"]
    inspect_view_enabled = True

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return OfficeForm


class MembershipAddView(CreateView):
    def get_form(self, form_class: type[ModelForm] | None = None) -> ModelForm:
        form = super().get_form(form_class)
        form.by = self.request.user
        return form


class MembershipEditView(EditView):
    def save_instance(self) -> OfficeMembership:
        membership = super().save_instance()
        services.note_role("role.changed", membership, by=self.request.user)
        return membership


class MembershipDeleteView(DeleteView):
    def delete_action(self) -> None:
        services.note_role("role.taken", self.object, by=self.request.user)
        super().delete_action()


class MembershipViewSet(ModelViewSet):
    model = OfficeMembership
    add_view_class = MembershipAddView
    edit_view_class = MembershipEditView
    delete_view_class = MembershipDeleteView
    name = "office-members"
    icon = "group"
    menu_label = _("Office members")
    list_display = ["user", "office", "role", "function"]
    list_filter = ["office", "role"]
    search_fields = ["user__full_name", "user__email", "office__code"]
    ordering = ["office__code", "user"]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return MembershipForm


class WorkCalendarViewSet(ModelViewSet):
    model = WorkCalendar
    name = "work-calendars"
    icon = "calendar"
    menu_label = _("Work calendars")
    list_display = ["name", "code", Column("week_text", label=_("working days"))]
    ordering = ["code"]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return WorkCalendarForm


class WeekChangeViewSet(ModelViewSet):
    model = WeekChange
    name = "week-changes"
    icon = "rotate"
    menu_label = _("Changes of week")
    list_display = ["starts_on", Column("week_text", label=_("working days")), "calendar"]
    list_filter = ["calendar"]
    ordering = ["-starts_on"]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return WeekChangeForm


class HolidayViewSet(ModelViewSet):
    model = Holiday
    name = "holidays"
    icon = "date"
    menu_label = _("Holidays")
    list_display = ["day", "name", "calendar"]
    list_filter = ["calendar"]
    search_fields = ["name"]
    ordering = ["-day"]
    form_fields = ["calendar", "day", "name"]


class AdministrationGroup(ModelViewSetGroup):
    menu_label = _("Offices and staff")
    menu_icon = "home"
    menu_order = 500
    items = (
        OfficeViewSet,
        MembershipViewSet,
        WorkCalendarViewSet,
        WeekChangeViewSet,
        HolidayViewSet,
    )


@hooks.register("register_admin_viewset")
def register_administration() -> AdministrationGroup:
    return AdministrationGroup()
