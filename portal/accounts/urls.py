"""Addresses of accounts."""

from django.urls import URLPattern, URLResolver, path

from portal.accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.HomeView.as_view(), name="home"),
    path("profil/", views.ProfileView.as_view(), name="profile"),
    path("sessions/", views.SessionsView.as_view(), name="sessions"),
]
