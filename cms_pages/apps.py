import importlib

from django.apps import AppConfig
from django.db.models.signals import post_migrate  # noqa: TID251


class Config(AppConfig):
    name = "cms_pages"
    label = "cms_pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # SQLite rebuilds a table to alter it and forgets its triggers: they are put back each time.
        post_migrate.connect(_install_epoch, sender=self)
        importlib.import_module("cms_pages.messages")
        importlib.import_module("cms_pages.subscribers")
        jobs = importlib.import_module("portal.jobs")  # it needs the models
        jobs.every(24 * 3600)("cms_pages.jobs.remind_owners")
        jobs.every(24 * 3600)("cms_pages.datasets.figures.publish_figures")
        jobs.every(60)("cms_pages.jobs.publish_due")
        jobs.every(24 * 3600)("cms_pages.jobs.check_links")


def _install_epoch(**_kwargs: object) -> None:
    from cms_pages import epoch  # models are not loaded when this module is

    epoch.install()
