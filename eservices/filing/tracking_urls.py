"""Addresses for following one request."""

from django.urls import path

from eservices.filing.views import readings, tracking
from eservices.filing.views.appeal import AppealView
from eservices.filing.views.appointment import AppointmentView
from eservices.filing.views.duties import DutyView

app_name = "tracking"
urlpatterns = [
    path("", tracking.TrackView.as_view(), name="start"),
    path("mes-donnees/", readings.MyDataView.as_view(), name="my_data"),
    path("<str:reference>/", tracking.StatusView.as_view(), name="case"),
    path("<str:reference>/payer/", tracking.PayView.as_view(), name="pay"),
    path("<str:reference>/retour/", tracking.PaidView.as_view(), name="paid"),
    path("<str:reference>/complement/", tracking.ComplementView.as_view(), name="complement"),
    path("<str:reference>/rendez-vous/", AppointmentView.as_view(), name="appointment"),
    path("<str:reference>/refaire/", tracking.AgainView.as_view(), name="again"),
    path("<str:reference>/recours/", AppealView.as_view(), name="appeal"),
    path("<str:reference>/recapitulatif/", tracking.SummaryView.as_view(), name="summary"),
    path("<str:reference>/retrait/", tracking.WithdrawView.as_view(), name="withdraw"),
    path(
        "<str:reference>/accuse.pdf", tracking.AcknowledgementView.as_view(), name="acknowledgement"
    ),
    path("<str:reference>/refus.pdf", tracking.RefusalView.as_view(), name="refusal"),
    path("<str:reference>/convocation.pdf", tracking.SummonsView.as_view(), name="summons"),
    path("<str:reference>/recu.pdf", tracking.ReceiptView.as_view(), name="receipt"),
    path("<str:reference>/acte.pdf", tracking.ActView.as_view(), name="act"),
    path("<str:reference>/pieces/<uuid:piece>/", tracking.PieceView.as_view(), name="piece"),
    path("<str:reference>/remettre/<slug:key>/", DutyView.as_view(), name="duty"),
    path("<str:reference>/lectures/", readings.ReadingsView.as_view(), name="readings"),
]
