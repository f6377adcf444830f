"""Background work on issued documents."""

from eservices.documents import services


def sweep() -> dict[str, int]:
    """Collect the files that nobody references; once a day is enough."""
    return services.sweep()
