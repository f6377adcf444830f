from importlib import import_module

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from eservices.payments import config


class Config(AppConfig):
    name = "eservices.payments.sandbox"
    label = "payments_sandbox"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if config.current().livemode or not settings.PAYMENTS_SANDBOX:
            raise ImproperlyConfigured("The payment sandbox must not exist beside real money.")
        import_module("eservices.payments.sandbox.subscribers")
