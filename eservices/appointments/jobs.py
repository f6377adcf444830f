"""What the worker does for appointments on a timetable."""

from eservices.appointments import services


def release_forgotten() -> None:
    """Every five minutes: give back the slots of forms that nobody sent."""
    services.release_forgotten()
