from django.urls import path

from eservices.cases.circuit_screens import editor, questions, simulator, stage

app_name = "circuit"
urlpatterns = [
    path("<int:pk>/circuit/", editor.CircuitView.as_view(), name="edit"),
    path("<int:pk>/circuit/simulation/", simulator.SimulationView.as_view(), name="simulate"),
    path("<int:pk>/circuit/stage/<slug:key>/", stage.StageView.as_view(), name="stage"),
    path(
        "<int:pk>/circuit/stage/<slug:key>/question/<slug:name>/",
        questions.QuestionView.as_view(),
        name="question",
    ),
    path("<int:pk>/circuit/block/<slug:key>/", stage.BlockView.as_view(), name="block"),
]
