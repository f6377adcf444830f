"""Pages for developers: the captured messages, the components, the sign-in codes."""

from django.urls import URLPattern, URLResolver

app_name = "dev"
urlpatterns: list[URLPattern | URLResolver] = []
