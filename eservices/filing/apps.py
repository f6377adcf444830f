from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.filing"
    label = "filing"
    default_auto_field = "django.db.models.BigAutoField"
