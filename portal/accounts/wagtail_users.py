"""The user screens of the CMS, without user names and passwords."""

from django.forms import ModelForm
from wagtail.users.views.groups import GroupViewSet
from wagtail.users.views.users import UserViewSet

from portal.accounts.admin_forms import StaffCreationForm, StaffEditForm, StaffGroupForm


class StaffViewSet(UserViewSet):
    search_fields = ["full_name", "email", "phone"]
    create_template_name = "accounts/admin/user_create.html"
    edit_template_name = "accounts/admin/user_edit.html"

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return StaffEditForm if for_update else StaffCreationForm


class StaffGroupViewSet(GroupViewSet):
    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return StaffGroupForm
