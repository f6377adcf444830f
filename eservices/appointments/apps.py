from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.appointments"
    label = "appointments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import jobs  # needs the queue's models

        import_module("eservices.appointments.jobs")
        jobs.every(300)("eservices.appointments.jobs.release_forgotten")
