from django.apps import AppConfig


class Config(AppConfig):
    name = "portal.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from portal import jobs  # needs the queue's models
        from portal.core import health
        from portal.outbox import checks

        jobs.every(24 * 3600)("portal.outbox.jobs.purge_delivered")
        health.register("outbox", checks.oldest_due)
