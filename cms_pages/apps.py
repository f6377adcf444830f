from django.apps import AppConfig


class Config(AppConfig):
    name = "cms_pages"
    label = "cms_pages"
    default_auto_field = "django.db.models.BigAutoField"
