import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "portal.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        jobs.every(30)("portal.audit.jobs.chain_lines")
        jobs.every(3600)("portal.audit.jobs.close_days")
