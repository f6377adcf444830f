from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.attachments"
    label = "attachments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import jobs  # needs the queue's models

        jobs.every(24 * 3600)("eservices.attachments.jobs.sweep")
        jobs.every(6 * 3600)("eservices.attachments.jobs.sweep_uploads")
