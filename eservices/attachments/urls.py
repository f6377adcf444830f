"""Addresses of attachments."""

from django.urls import URLPattern, URLResolver

app_name = "attachments"
urlpatterns: list[URLPattern | URLResolver] = []
