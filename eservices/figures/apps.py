import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.figures"
    label = "figures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        importlib.import_module("eservices.figures.subscribers")
        jobs.every(3600)("eservices.figures.services.compact")
