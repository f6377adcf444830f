"""Accredited helpers, in the administration: for administrators only (the model is registered to
no group)."""

from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.filing.admin_forms import AccreditationForm
from eservices.filing.models import Accreditation


class AccreditationViewSet(ModelViewSet):
    model = Accreditation
    name = "accredited-helpers"
    icon = "user"
    menu_label = _("Accredited helpers")
    menu_order = 510
    add_to_admin_menu = True
    list_display = ["user", "number", "place", "valid_until", "is_active"]
    list_filter = ["is_active", "place"]
    search_fields = ["number", "place", "user__full_name", "user__email"]
    ordering = ["place", "number"]

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return AccreditationForm


@hooks.register("register_admin_viewset")
def register_accreditations() -> AccreditationViewSet:
    return AccreditationViewSet()
