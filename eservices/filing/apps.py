import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.filing"
    label = "filing"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        importlib.import_module("eservices.filing.notifications")
        importlib.import_module("eservices.filing.subscribers")
        jobs.every(3600)("eservices.filing.services.purge_expired")
        jobs.every(12 * 3600)("eservices.filing.telling.warn_expiring")
        jobs.every(3600)("eservices.filing.closing.tell_closing")
