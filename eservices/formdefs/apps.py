from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.formdefs"
    label = "formdefs"
    default_auto_field = "django.db.models.BigAutoField"
