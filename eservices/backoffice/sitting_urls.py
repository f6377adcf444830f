"""Addresses of the sittings at the desk."""

from django.urls import path

from eservices.backoffice.views import sittings

urlpatterns = [
    path("", sittings.SittingsView.as_view(), name="sittings"),
    path("suivi/", sittings.FollowUpView.as_view(), name="follow_up"),
    path("<int:pk>/", sittings.SittingView.as_view(), name="sitting"),
    path("<int:pk>/dossiers/", sittings.PackView.as_view(), name="sitting_pack"),
    path("<int:pk>/releve.pdf", sittings.MinutesView.as_view(), name="sitting_minutes"),
    path("<int:pk>/points/<int:number>/", sittings.DecisionView.as_view(), name="sitting_decision"),
    path("<int:pk>/<slug:action>/", sittings.SittingActionView.as_view(), name="sitting_action"),
]
