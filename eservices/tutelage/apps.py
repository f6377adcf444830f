import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.tutelage"
    label = "tutelage"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("eservices.tutelage.subscribers")
        importlib.import_module("eservices.tutelage.notifications")
