import importlib

from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        importlib.import_module("eservices.cases.notifications")
        importlib.import_module("eservices.cases.subscribers")
        jobs.every(6 * 3600)("eservices.cases.jobs.remind_payments")
        jobs.every(6 * 3600)("eservices.cases.jobs.remind_complements")
        jobs.every(6 * 3600)("eservices.cases.jobs.remind_orders")
        jobs.every(60)("eservices.cases.jobs.run_timers")
        jobs.every(300)("eservices.cases.jobs.follow_calendars")
        jobs.every(300)("eservices.cases.jobs.return_orphans")
        jobs.every(3600)("eservices.cases.jobs.lapse_unanswered")
        jobs.every(900)("eservices.cases.jobs.lapse_unpaid")
