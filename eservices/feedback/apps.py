import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.feedback"
    label = "feedback"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        importlib.import_module("eservices.feedback.notifications")
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        jobs.every(24 * 3600)("eservices.feedback.services.forget_people")
