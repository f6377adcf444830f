from importlib import import_module

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import jobs  # needs the queue's models

        import_module("eservices.payments.subscribers")
        jobs.every(60)("eservices.payments.jobs.sweep")
        jobs.every(3600)("eservices.payments.jobs.catch_up")
