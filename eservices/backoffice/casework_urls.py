"""Addresses of what surrounds a case: exchanges, history, pages of pieces, what waits for me."""

from django.urls import path

from eservices.backoffice.views import exchanges, history, journal, pieces, todo, training

CASE = "dossiers/<str:reference>/"
urlpatterns = [
    path("journal/", journal.JournalView.as_view(), name="journal"),
    path("formation/", training.TrainingView.as_view(), name="training"),
    path("a-faire/", todo.TodoView.as_view(), name="todo"),
    path(CASE + "echanges/", exchanges.ExchangesView.as_view(), name="exchanges"),
    path(CASE + "message/", exchanges.MessageView.as_view(), name="message"),
    path(CASE + "note/", exchanges.NoteView.as_view(), name="note"),
    path(CASE + "tache/", exchanges.ErrandView.as_view(), name="errand"),
    path(CASE + "tache/<int:pk>/faite/", exchanges.ErrandDoneView.as_view(), name="errand_done"),
    path(CASE + "historique/", history.HistoryView.as_view(), name="history"),
    path(CASE + "comparer/", pieces.CompareView.as_view(), name="compare"),
    path(
        CASE + "pieces/<uuid:piece>/page/<int:page>.jpg",
        pieces.PageImageView.as_view(),
        name="page_image",
    ),
]
