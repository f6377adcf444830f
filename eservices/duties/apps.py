import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.duties"
    label = "duties"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("eservices.duties.subscribers")
        importlib.import_module("eservices.duties.notifications")
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        jobs.every(3600)("eservices.duties.services.sweep")
