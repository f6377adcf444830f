"""The circuit of an e-service in the CMS: a screen of the builder that needs offices and people."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail import hooks


@hooks.register("register_admin_urls")
def addresses() -> list[URLPattern | URLResolver]:
    return [path("eservices/", include("eservices.cases.circuit_screens.urls"))]
