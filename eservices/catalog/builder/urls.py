from django.urls import path

from eservices.catalog.builder import fields, pages, steps

app_name = "builder"
urlpatterns = [
    path("", pages.ListView.as_view(), name="list"),
    path("new/", pages.NewView.as_view(), name="new"),
    path("<int:pk>/", pages.OverviewView.as_view(), name="overview"),
    path("<int:pk>/step/<slug:step>/", steps.StepView.as_view(), name="step"),
    path("<int:pk>/step/<slug:step>/settings/", steps.StepSettingsView.as_view(), name="step_settings"),
    path("<int:pk>/step/<slug:step>/rule/<slug:group>/<int:index>/", steps.RuleView.as_view(), name="rule"),
    path("<int:pk>/step/<slug:step>/add/<slug:group>/", fields.AddFieldView.as_view(), name="field_add"),
    path("<int:pk>/step/<slug:step>/paste/", fields.PasteView.as_view(), name="paste"),
    path("<int:pk>/field/<str:path>/", fields.FieldView.as_view(), name="field"),
    path("<int:pk>/field/<str:path>/delete/", fields.DeleteFieldView.as_view(), name="field_delete"),
]  # fmt: skip
