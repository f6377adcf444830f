"""Addresses of the counter, below the desk's own."""

from django.urls import path

from eservices.backoffice.views import counter

urlpatterns = [
    path("", counter.CounterView.as_view(), name="counter"),
    path("ouvert/<str:reference>/", counter.DoneView.as_view(), name="counter_done"),
    path(
        "ouvert/<str:reference>/accuse.pdf",
        counter.SlipView.as_view(paper="acknowledgement"),
        name="counter_slip",
    ),
    path(
        "ouvert/<str:reference>/recu.pdf",
        counter.SlipView.as_view(paper="receipt"),
        name="counter_receipt",
    ),
    path("<uuid:key>/", counter.KeyingView.as_view(), name="keying"),
    path("<uuid:key>/garder/", counter.SaveView.as_view(), name="keying_save"),
    path("<uuid:key>/abandonner/", counter.DropView.as_view(), name="keying_drop"),
    path(
        "<uuid:key>/pieces/<uuid:piece>/", counter.CounterPieceView.as_view(), name="keying_piece"
    ),
]
