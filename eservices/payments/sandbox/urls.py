"""Addresses of the payment sandbox."""

from django.urls import path

from eservices.payments.sandbox.views import CheckoutView

app_name = "sandbox"
urlpatterns = [path("checkout/<str:session_id>", CheckoutView.as_view(), name="checkout")]
