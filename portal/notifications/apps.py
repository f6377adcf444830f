from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("portal.notifications.subscribers")
        import_module("portal.notifications.messages")
