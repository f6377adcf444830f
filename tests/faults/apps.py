import os

from django.apps import AppConfig


class Config(AppConfig):
    name = "tests.faults"
    label = "fault_trials"

    def ready(self) -> None:
        from tests.faults import subscribers  # noqa: F401


class Points(AppConfig):
    name = "tests.faults"
    label = "fault_points"

    def ready(self) -> None:
        from tests.faults import points

        if not os.environ.get("FAULT_SPARED"):
            points.install()
