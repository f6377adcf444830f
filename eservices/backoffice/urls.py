"""Addresses of the agents' desk."""

from django.urls import URLPattern, URLResolver, include, path

from eservices.backoffice.views import (
    actions,
    acts,
    bulk,
    case,
    cash,
    exports,
    feedback,
    figures,
    queue,
)

app_name = "backoffice"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.QueueView.as_view(), name="queue"),
    path("mes-dossiers/", queue.QueueView.as_view(show="mine"), name="mine"),
    path("recherche/", queue.SearchView.as_view(), name="search"),
    path("suivant/", queue.TakeNextView.as_view(), name="take_next"),
    path("vues/", queue.SaveViewView.as_view(), name="save_view"),
    path("vues/<int:pk>/supprimer/", queue.DeleteViewView.as_view(), name="delete_view"),
    path("lot/", bulk.BulkView.as_view(), name="bulk"),
    path("repartition/", bulk.DistributionView.as_view(), name="distribution"),
    path("fichiers/", exports.ExportsView.as_view(), name="exports"),
    path("fichiers/par-courriel/", exports.PlanView.as_view(), name="figures_plan"),
    path("fichiers/<str:key>/", exports.ExportFileView.as_view(), name="export_file"),
    path("chiffres/", figures.FiguresView.as_view(), name="figures"),
    path("chiffres/equite/", figures.FairnessView.as_view(), name="fairness"),
    path("", include("eservices.backoffice.circuit_urls")),
    path("guichet/", include("eservices.backoffice.counter_urls")),
    path("seances/", include("eservices.backoffice.sitting_urls")),
    path("registres/", include("eservices.backoffice.register_urls")),
    path("avis/", feedback.FeedbackListView.as_view(), name="feedback"),
    path("avis/<str:reference>/", feedback.FeedbackView.as_view(), name="feedback_one"),
    path("caisse/", cash.CashView.as_view(), name="cash"),
    path("caisse/cloture/", cash.ClosingView.as_view(), name="closing"),
    path("caisse/<str:reference>/", cash.CashRequestView.as_view(), name="cash_request"),
    path("caisse/<str:reference>/recu.pdf", cash.CashReceiptView.as_view(), name="cash_receipt"),
    path("dossiers/<str:reference>/", case.FileView.as_view(), name="case"),
    path("dossiers/<str:reference>/ouvrir/", case.ReasonView.as_view(), name="reason"),
    path("dossiers/<str:reference>/imprimer/", case.PrintView.as_view(), name="print"),
    path("dossiers/<str:reference>/pieces/<uuid:piece>/", case.PieceView.as_view(), name="piece"),
    path("dossiers/<str:reference>/apercu.pdf", case.PreviewView.as_view(), name="preview"),
    path("dossiers/<str:reference>/acte.pdf", case.ActView.as_view(), name="act"),
    path("dossiers/<str:reference>/acte/annuler/", acts.CancelView.as_view(), name="cancel_act"),
    path(
        "dossiers/<str:reference>/acte/remplacer/", acts.ReplaceView.as_view(), name="replace_act"
    ),
    path("actes/", acts.IssuedView.as_view(), name="issued"),
    path("actes/registre.pdf", acts.IssuedPdfView.as_view(), name="issued_pdf"),
    path("dossiers/<str:reference>/prendre/", actions.TakeView.as_view(), name="take"),
    path("dossiers/<str:reference>/rendre/", actions.ReleaseView.as_view(), name="release"),
    path("dossiers/<str:reference>/complement/", actions.AskView.as_view(), name="ask"),
    path("dossiers/<str:reference>/proposer/", actions.ProposeView.as_view(), name="propose"),
    path("dossiers/<str:reference>/renvoyer/", actions.SendBackView.as_view(), name="send_back"),
    path("dossiers/<str:reference>/accorder/", actions.GrantView.as_view(), name="grant"),
    path("dossiers/<str:reference>/refuser/", actions.RefuseView.as_view(), name="refuse"),
    path("dossiers/<str:reference>/transferer/", actions.TransferView.as_view(), name="transfer"),
    path("dossiers/<str:reference>/remettre/", actions.HandOverView.as_view(), name="hand_over"),
    path("", include("eservices.backoffice.casework_urls")),
]
