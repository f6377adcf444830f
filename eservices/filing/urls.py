"""Addresses of the citizen's way."""

from django.urls import path

from eservices.filing.views import check, helping, pieces, resume, reuse, start, steps, uploads

app_name = "filing"
urlpatterns = [
    path("", resume.index, name="index"),
    path("mes-demandes/", resume.my_requests, name="my_requests"),
    path("mes-documents/", reuse.my_papers, name="my_papers"),
    path("oublier/", resume.forget, name="forget"),
    path("oubliee/", resume.forgotten, name="forgotten"),
    path("reprendre/", resume.FindView.as_view(), name="find"),
    path("retrouver/", resume.find_again, name="find_again"),
    path("session/", resume.stay, name="stay"),
    path("reprendre/<str:token>/", resume.ResumeView.as_view(), name="resume"),
    path("d/<uuid:key>/etape/<slug:step>/", steps.StepView.as_view(), name="step"),
    path("d/<uuid:key>/nouveautes/", steps.NewsView.as_view(), name="news"),
    path("d/<uuid:key>/reprise/", reuse.ReuseView.as_view(), name="reuse"),
    path("d/<uuid:key>/pieces/reprise/<slug:slot>/", reuse.PapersView.as_view(), name="papers"),
    path("d/<uuid:key>/pieces/", pieces.PiecesView.as_view(), name="pieces"),
    path("d/<uuid:key>/pieces/<uuid:piece>/", pieces.PieceView.as_view(), name="piece"),
    path("d/<uuid:key>/envois/", uploads.UploadsView.as_view(), name="uploads"),
    path("d/<uuid:key>/envois/<uuid:upload>/", uploads.UploadView.as_view(), name="upload"),
    path("d/<uuid:key>/envoi/", check.CheckView.as_view(), name="check"),
    path("d/<uuid:key>/plus-tard/", resume.LaterView.as_view(), name="later"),
    path("d/<uuid:key>/supprimer/", check.DiscardView.as_view(), name="discard"),
    path("<slug:slug>/formulaire/", start.BlankView.as_view(), name="blank"),
    path("<slug:slug>/schema.json", start.SchemaView.as_view(), name="schema"),
    path("<slug:slug>/aider/", helping.HelpView.as_view(), name="help"),
    path("<slug:slug>/", start.StartView.as_view(), name="start"),
]
