from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class Config(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
    default = True


class StaffUsers(WagtailUsersAppConfig):
    """Wagtail's own user screens, with our forms."""

    group_viewset = "portal.accounts.wagtail_users.StaffGroupViewSet"
    user_viewset = "portal.accounts.wagtail_users.StaffViewSet"
