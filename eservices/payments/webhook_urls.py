"""Where payment providers send their notices."""

from django.urls import path

from eservices.payments.views import receive

app_name = "webhooks"
urlpatterns = [path("<slug:provider>/", receive, name="receive")]
