"""Addresses of the citizen's way."""

from django.urls import path

from eservices.filing.views import draft, resume

app_name = "filing"
urlpatterns = [
    path("", resume.index, name="index"),
    path("mes-demandes/", resume.my_requests, name="my_requests"),
    path("oublier/", resume.forget, name="forget"),
    path("reprendre/<str:token>/", resume.ResumeView.as_view(), name="resume"),
    path("d/<uuid:key>/etape/<slug:step>/", draft.StepView.as_view(), name="step"),
    path("d/<uuid:key>/pieces/", draft.PiecesView.as_view(), name="pieces"),
    path("d/<uuid:key>/pieces/<uuid:piece>/", draft.PieceView.as_view(), name="piece"),
    path("d/<uuid:key>/envoi/", draft.CheckView.as_view(), name="check"),
    path("d/<uuid:key>/plus-tard/", resume.LaterView.as_view(), name="later"),
    path("d/<uuid:key>/supprimer/", draft.DiscardView.as_view(), name="discard"),
    path("<slug:slug>/", draft.StartView.as_view(), name="start"),
]
