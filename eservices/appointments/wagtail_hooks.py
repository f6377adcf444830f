"""Counters with appointments, in the administration."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.model import ModelViewSet

from eservices.appointments.models import Resource


class ResourceViewSet(ModelViewSet):
    model = Resource
    name = "appointment-counters"
    icon = "date"
    menu_label = _("Appointments")
    menu_order = 510
    add_to_admin_menu = True
    list_display = ["__str__", "code", "minutes", "capacity", "is_active"]
    list_filter = ["office", "is_active"]
    search_fields = ["code"]
    ordering = ["code"]
    form_fields = [
        "code",
        "office",
        "hours",
        "minutes",
        "capacity",
        "days_ahead",
        "notice_hours",
        "hold_minutes",
        "most_moves",
        "is_active",
    ]


@hooks.register("register_admin_viewset")
def register_resources() -> ResourceViewSet:
    return ResourceViewSet()
