from django.apps import AppConfig


class Config(AppConfig):
    name = "eservices.codelists"
    label = "codelists"
    default_auto_field = "django.db.models.BigAutoField"
