"""What the worker does for payments on a timetable."""

from eservices.payments import services as payments


def sweep() -> None:
    """Every minute: ask about attempts that have been silent."""
    payments.sweep_pending()


def catch_up() -> None:
    """Every hour: read the events whose notices were lost."""
    payments.catch_up()
