import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.sittings"
    label = "sittings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("eservices.sittings.notifications")
