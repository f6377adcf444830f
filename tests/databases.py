"""One migrated database, made once per state of the migrations and copied for every run.

Wagtail's migrations cost half a minute of processor; a copy costs some milliseconds. The copy also
undoes what a test with real transactions leaves behind, instead of Django's flush, which would
empty the tables that migrations fill (root page, languages).
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from portal.core.schema import fingerprint

BUILD = Path(__file__).resolve().parent.parent / "build" / "test-databases"


class SQLiteCopies:
    def __init__(self, suffix: str, *, keep: bool) -> None:
        name = Path(connection.settings_dict["TEST"]["NAME"])
        self.name = name.with_name(f"{name.stem}{suffix}{name.suffix}")
        self.keep = keep
        self.template = name.with_suffix(".kept") if keep else BUILD / f"{fingerprint()}.sqlite3"

    def set_up(self) -> None:
        with _lock(self.template.name):
            if self.keep:
                self._update_kept()
            elif not self.template.exists():
                for old in BUILD.glob("*.sqlite3"):  # never the lock files: they are being held
                    if old.stat().st_mtime < time.time() - 3600:  # nor what another run is copying
                        old.unlink()
                aside = self.template.with_suffix(f".{os.getpid()}.part")
                _migrate(str(aside))
                aside.rename(self.template)
        self.restore()

    def _update_kept(self) -> None:
        """--reuse-db: apply only what is new; begin again when history was rewritten."""
        try:
            _migrate(str(self.template))
        except Exception:  # noqa: BLE001  whatever is wrong, a new one is right
            connection.close()
            self.template.unlink(missing_ok=True)
            _migrate(str(self.template))

    def restore(self, title: str = "") -> None:
        connection.close()
        for tail in ("-wal", "-shm"):
            Path(f"{self.name}{tail}").unlink(missing_ok=True)
        aside = self.name.with_suffix(f".{os.getpid()}.part")
        shutil.copyfile(self._titled(title) if title else self.template, aside)
        aside.replace(self.name)
        connection.settings_dict["NAME"] = str(self.name)

    def keep_as(self, title: str) -> None:
        """Keep the database as it is now, for `restore(title)` in this run."""
        self._titled(title).unlink(missing_ok=True)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(self._titled(title))])

    def tear_down(self) -> None:
        connection.close()
        for tail in ("", "-wal", "-shm"):
            Path(f"{self.name}{tail}").unlink(missing_ok=True)
        for kept in self.name.parent.glob(f"{self.name.stem}.*.titled"):
            kept.unlink()

    def _titled(self, title: str) -> Path:
        return self.name.with_suffix(f".{title}.titled")


class PostgresCopies:
    def __init__(self, suffix: str) -> None:
        self.template = f"guichet_template_{fingerprint()}"
        self.name = f"guichet_test{suffix}"
        self.home = connection.settings_dict["NAME"]
        self.titled: set[str] = set()

    def set_up(self) -> None:
        with _lock("postgres"):
            if not self._exists(self.template):
                aside = f"{self.template}_part"
                self._execute(f'DROP DATABASE IF EXISTS "{aside}"', f'CREATE DATABASE "{aside}"')
                _migrate(aside)
                self._execute(f'ALTER DATABASE "{aside}" RENAME TO "{self.template}"')
        self.restore()

    def restore(self, title: str = "") -> None:
        self._copy(f"{self.name}_{title}" if title else self.template, self.name)
        connection.settings_dict["NAME"] = self.name

    def keep_as(self, title: str) -> None:
        """Keep the database as it is now, for `restore(title)` in this run."""
        self._copy(self.name, f"{self.name}_{title}")
        self.titled.add(f"{self.name}_{title}")
        connection.settings_dict["NAME"] = self.name

    def tear_down(self) -> None:
        for name in {self.name, *self.titled}:
            self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _copy(self, source: str, target: str) -> None:
        # Two copies of one template at once are refused, and one that somebody still reads: a thread
        # of the live server may not have hung up yet.
        with _lock("postgres"):
            self._execute(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{source}'",
                f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)',
                f'CREATE DATABASE "{target}" TEMPLATE "{source}"',
            )

    def _exists(self, name: str) -> bool:
        connection.settings_dict["NAME"] = self.home
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return cursor.fetchone() is not None

    def _execute(self, *statements: str) -> None:
        connection.close()
        connection.settings_dict["NAME"] = self.home
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()


Copies = SQLiteCopies | PostgresCopies


def copies(suffix: str, *, keep: bool) -> Copies:
    if connection.vendor == "postgresql":
        return PostgresCopies(suffix)
    return SQLiteCopies(suffix, keep=keep)


def _migrate(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    connection.close()


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """One process at a time; the workers of pytest-xdist start together."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
