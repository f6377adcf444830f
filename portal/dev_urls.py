"""Pages for developers: the captured messages, the components, the sign-in codes."""

from django.urls import URLPattern, URLResolver, path

from portal.dev_views import codes, components, mailbox

app_name = "dev"
urlpatterns: list[URLPattern | URLResolver] = [
    path("components/", components, name="components"),
    path("mailbox/", mailbox, name="mailbox"),
    path("codes/", codes, name="codes"),
]
