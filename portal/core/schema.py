"""Which migrations exist on disk, and which of them the database lacks; imports none of them."""

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

_known_complete: set[str] = set()


@cache
def migration_files() -> dict[tuple[str, str], Path]:
    """Return (app label, migration name) → file for every installed app."""
    files = {}
    for config in apps.get_app_configs():
        module, _explicit = MigrationLoader.migrations_module(config.label)
        spec = find_spec(module) if module and find_spec(module.rpartition(".")[0]) else None
        for folder in (spec and spec.submodule_search_locations) or []:
            for path in sorted(Path(folder).glob("[!_~]*.py")):
                files[config.label, path.stem] = path
    return files


def pending_migrations() -> list[tuple[str, str]]:
    """Return the migrations to apply. Asks the database until it was complete once."""
    name = str(connection.settings_dict["NAME"])
    if name in _known_complete:
        return []
    applied = MigrationRecorder(connection).applied_migrations()
    pending = [key for key in migration_files() if key not in applied]
    if not pending:
        _known_complete.add(name)
    return pending


def fingerprint() -> str:
    """Return a digest that changes when any migration of any installed app changes."""
    digest = hashlib.sha256()
    for (label, name), path in sorted(migration_files().items()):
        digest.update(f"{label}.{name}".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
