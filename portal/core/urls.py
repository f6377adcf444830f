"""Addresses of core."""

from django.urls import URLPattern, URLResolver, path

from portal.core import brand_views, health

app_name = "core"
urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("marque/<slug:digest>.css", brand_views.css, name="brand_css"),
    path("marque/<slug:digest>.png", brand_views.crest, name="brand_crest"),
]
