"""Background work on attachments."""

from eservices.attachments import services, uploads


def sweep() -> dict[str, int]:
    """Collect the files that nobody references; once a day is enough."""
    return services.sweep()


def rescan() -> dict[str, int]:
    """Scan what came while the virus scanner was away."""
    return services.rescan()


def sweep_uploads() -> dict[str, int]:
    """Forget the files that nobody went on sending."""
    return uploads.sweep()
