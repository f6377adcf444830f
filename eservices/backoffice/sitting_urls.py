"""Addresses of the sittings at the desk."""

from django.urls import path

from eservices.backoffice.views import dossiers, follow_up, sittings

urlpatterns = [
    path("", sittings.SittingsView.as_view(), name="sittings"),
    path("suivi/", follow_up.FollowUpView.as_view(), name="follow_up"),
    path("<int:pk>/", sittings.SittingView.as_view(), name="sitting"),
    path("<int:pk>/dossiers/", sittings.PackView.as_view(), name="sitting_pack"),
    path("<int:pk>/ordre-du-jour.pdf", dossiers.AgendaView.as_view(), name="sitting_agenda"),
    path("<int:pk>/releve.pdf", sittings.MinutesView.as_view(), name="sitting_minutes"),
    path(
        "<int:pk>/convocations/<int:number>.pdf",
        sittings.ConvocationView.as_view(),
        name="convocation",
    ),
    path("<int:pk>/points/<int:number>/", sittings.DecisionView.as_view(), name="sitting_decision"),
    path(
        "<int:pk>/points/<int:number>/dossier/",
        dossiers.DossierView.as_view(),
        name="sitting_dossier",
    ),
    path(
        "<int:pk>/points/<int:number>/pieces/<uuid:piece>/",
        dossiers.DossierPieceView.as_view(),
        name="sitting_piece",
    ),
    path("<int:pk>/<slug:action>/", sittings.SittingActionView.as_view(), name="sitting_action"),
]
