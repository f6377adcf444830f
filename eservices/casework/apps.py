import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        importlib.import_module("eservices.casework.subscribers")
        jobs.every(24 * 3600)("eservices.casework.jobs.purge_counter_drafts")
