import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.backoffice"
    label = "backoffice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        importlib.import_module("eservices.backoffice.subscribers")
        importlib.import_module("eservices.backoffice.notifications")
        jobs.every(60)("eservices.backoffice.services.exports.resume")
        jobs.every(3600)("eservices.backoffice.services.exports.purge")
        jobs.every(3600)("eservices.backoffice.jobs.order_planned_figures")
        jobs.every(6 * 3600)("eservices.backoffice.jobs.warn_of_untouched")
