"""Background work on attachments."""

from eservices.attachments import services


def sweep() -> dict[str, int]:
    """Collect the files that nobody references; once a day is enough."""
    return services.sweep()
