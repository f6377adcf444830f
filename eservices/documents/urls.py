"""Addresses of documents: the public verification."""

from django.urls import URLPattern, URLResolver, path

from eservices.documents import views

app_name = "documents"
urlpatterns: list[URLPattern | URLResolver] = [
    path("verifier/", views.VerifyView.as_view(), name="verify"),
    path("verifier/autorite.pem", views.authority, name="authority"),
    path("verifier/<str:code>/", views.VerifiedView.as_view(), name="verified"),
]
