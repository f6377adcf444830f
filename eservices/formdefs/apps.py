from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.formdefs"
    label = "formdefs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from eservices.formdefs.demo_registry import DemoRegistry
        from eservices.formdefs.lookups import connect  # both need the settings

        connect(DemoRegistry())
