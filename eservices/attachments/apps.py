from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.attachments"
    label = "attachments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from eservices.attachments import checks
        from portal import jobs  # needs the queue's models
        from portal.core import health

        health.register("virus_scanner", checks.virus_scanner)
        jobs.every(60)("eservices.attachments.jobs.rescan")
        jobs.every(24 * 3600)("eservices.attachments.jobs.sweep")
        jobs.every(6 * 3600)("eservices.attachments.jobs.sweep_uploads")
