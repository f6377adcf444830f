from django.urls import path

from eservices.catalog.builder import (
    fields,
    history,
    pages,
    preview,
    publishing,
    settings_pages,
    steps,
    transfer_pages,
    translations,
)

app_name = "builder"
urlpatterns = [
    path("", pages.ListView.as_view(), name="list"),
    path("new/", pages.NewView.as_view(), name="new"),
    path("import/", transfer_pages.ImportView.as_view(), name="import"),
    path("<int:pk>/", pages.OverviewView.as_view(), name="overview"),
    path("<int:pk>/step/<slug:step>/", steps.StepView.as_view(), name="step"),
    path("<int:pk>/step/<slug:step>/settings/", steps.StepSettingsView.as_view(), name="step_settings"),
    path("<int:pk>/step/<slug:step>/rule/<slug:group>/<int:index>/", steps.RuleView.as_view(), name="rule"),
    path("<int:pk>/step/<slug:step>/add/<slug:group>/", fields.AddFieldView.as_view(), name="field_add"),
    path("<int:pk>/step/<slug:step>/paste/", fields.PasteView.as_view(), name="paste"),
    path("<int:pk>/field/<str:path>/", fields.FieldView.as_view(), name="field"),
    path("<int:pk>/field/<str:path>/delete/", fields.DeleteFieldView.as_view(), name="field_delete"),
    path("<int:pk>/section/<slug:section>/", settings_pages.SectionView.as_view(), name="section"),
    path("<int:pk>/section/<slug:section>/<slug:slug>/<int:index>/", settings_pages.EntryView.as_view(), name="entry"),
    path("<int:pk>/preview/", preview.PreviewView.as_view(), name="preview"),
    path("<int:pk>/frame/", preview.FrameView.as_view(), name="frame_start"),
    path("<int:pk>/frame/<slug:step>/", preview.FrameView.as_view(), name="frame"),
    path("<int:pk>/translations/", translations.TranslationsView.as_view(), name="translations"),
    path("<int:pk>/check/", publishing.CheckView.as_view(), name="check"),
    path("<int:pk>/tests/", publishing.TestsView.as_view(), name="tests"),
    path("<int:pk>/publish/", publishing.PublishView.as_view(), name="publish"),
    path("<int:pk>/history/", history.HistoryView.as_view(), name="history"),
    path("<int:pk>/compare/", history.CompareView.as_view(), name="compare"),
    path("<int:pk>/conflict/<int:number>/", history.ConflictView.as_view(), name="conflict"),
    path("<int:pk>/state/", history.StateView.as_view(), name="state"),
    path("<int:pk>/export/", transfer_pages.ExportView.as_view(), name="export"),
]  # fmt: skip
