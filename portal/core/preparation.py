"""What must exist before the first request. Each step looks first, so that a second start is quick."""

import hashlib
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands

from portal.core.schema import pending_migrations

Say = Callable[[str], object]


def make_folders() -> None:
    """Create the folders of this installation. :raises OSError: naming the one that cannot be."""
    for folder in (
        settings.DATA_DIR,
        settings.MEDIA_ROOT,
        settings.PRIVATE_ROOT,
        settings.STATIC_ROOT,
    ):
        Path(folder).mkdir(parents=True, exist_ok=True)
        probe = Path(folder) / ".writable"
        probe.touch()
        probe.unlink()


def prepare(say: Say) -> None:
    """Bring database, cache table, static files and sample content up to date."""
    if pending := pending_migrations():
        say(f"Preparing the database ({len(pending)} migrations) …")
        call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    _collect_static(say)
    load_sample(say)


def _collect_static(say: Say) -> None:
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    state = _static_state()
    if stamp.exists() and stamp.read_text() == state:
        return
    say("Collecting static files …")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(state)


def _static_state() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list(None):
            stat = Path(storage.path(name)).stat()
            digest.update(f"{name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def load_sample(say: Say) -> None:
    """Load the sample content into an empty portal, or what an interrupted load left out."""
    if not settings.DEV_TOOLS or "load_sample" not in get_commands():
        return
    loaded = Path(settings.DATA_DIR) / "sample-loaded"
    if loaded.exists() and get_user_model().objects.exists():
        return
    loaded.unlink(missing_ok=True)  # of an older database
    say("Loading the sample content …")
    call_command("load_sample", verbosity=0)
    loaded.touch()
