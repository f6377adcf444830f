"""Addresses of the stages of a case, hearings, absences and repairs."""

from django.urls import path

from eservices.backoffice.views import absences, elsewhere, hearings, stages

CASE = "dossiers/<str:reference>"
urlpatterns = [
    path("bureau/", absences.OfficeView.as_view(), name="office"),
    path("bureau/audiences/", hearings.HearingsView.as_view(), name="hearings"),
    path("bureau/audiences/<int:pk>/", hearings.HearingView.as_view(), name="hearing"),
    path("bureau/audiences/<int:pk>/pv.pdf", hearings.MinutesView.as_view(), name="minutes"),
    path("bureau/absences/", absences.DelegationsView.as_view(), name="delegations"),
    path("bureau/a-reparer/", absences.RepairView.as_view(), name="repair"),
    path("bureau/demandes-des-autres/", absences.GuestsView.as_view(), name="guests"),
    path(f"{CASE}/etape/<slug:stage>/", stages.StageView.as_view(), name="stage"),
    path(f"{CASE}/etape/<slug:stage>/registre/", elsewhere.RegistryView.as_view(), name="registry"),
    path(f"{CASE}/etape/<slug:stage>/avis/", elsewhere.OutsideView.as_view(), name="outside"),
    path(f"{CASE}/etape/<slug:stage>/audience/", elsewhere.EnlistView.as_view(), name="enlist"),
    path(f"{CASE}/autre-bureau/", elsewhere.RerouteView.as_view(), name="reroute"),
    path(f"{CASE}/rouvrir/", elsewhere.ReopenView.as_view(), name="reopen"),
]
