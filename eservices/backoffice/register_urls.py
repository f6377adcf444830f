"""Addresses of the registers at the desk."""

from django.urls import path

from eservices.backoffice.views import duties, registers

# No namespace of its own: these are pages of the desk, `backoffice:register…`.
urlpatterns = [
    path("attendus/", duties.DutiesView.as_view(), name="duties"),
    path("", registers.RegistersView.as_view(), name="registers"),
    path("<slug:code>/", registers.LinesView.as_view(), name="register"),
    path("<slug:code>/feuille.csv", registers.RegisterSheetView.as_view(), name="register_sheet"),
    path(
        "<slug:code>/rapports/<slug:key>/",
        registers.ReportView.as_view(),
        name="register_report",
    ),
    path("<slug:code>/imprimer/", registers.RegisterPrintView.as_view(), name="register_print"),
    path("<slug:code>/importer/", registers.ImportView.as_view(), name="register_import"),
    path("<slug:code>/ecrire/", registers.EntryFormView.as_view(), name="register_add"),
    path("<slug:code>/<int:number>/", registers.EntryView.as_view(), name="register_entry"),
    path(
        "<slug:code>/<int:number>/modifier/",
        registers.EntryFormView.as_view(),
        name="register_change",
    ),
]
