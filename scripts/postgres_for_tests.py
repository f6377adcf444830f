"""Run a command with DATABASE_URL set to a PostgreSQL cluster that lives as long as the command.

    scripts/postgres_for_tests.py pytest tests

The cluster is empty, listens on a socket of its own only, and does not protect its data from a
power cut: nothing but tests may use it.
"""

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PORT = 54321  # only names the socket, whose folder is ours alone
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"]
MEMORY = Path("/dev/shm")  # noqa: S108
ROOM = 2 << 30  # bytes: some thirty copies of the test database and their journal


def main(command: list[str]) -> int:
    with cluster() as environment:
        return subprocess.call(command, env=environment)  # noqa: S603


@contextmanager
def cluster() -> Iterator[dict[str, str]]:
    """Start a cluster, give the environment of a program that uses it, and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="guichet-pg-", dir=_ground()))
    data = folder / "data"
    try:
        _give_away(folder)
        auth = ["--auth=trust", "--username=guichet", "--encoding=UTF8", "--locale=C.UTF-8"]
        _server("initdb", "--pgdata", data, *auth, "--no-sync")
        options = " ".join(f"-c {setting}" for setting in FAST)
        listen = f"-c listen_addresses='' -k {folder} -p {PORT} {options}"
        _server("pg_ctl", "-D", data, "-o", listen, "-w", "-l", folder / "log", "start")
        yield {**os.environ, "DATABASE_URL": _url(folder), "PGTZ": "UTC"}
    finally:
        if (data / "postmaster.pid").exists():
            _server("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _ground() -> Path:
    """Where to put it: in memory where there is room, a copy of a database is twenty times quicker."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    return MEMORY if has_room else Path("/tmp")  # noqa: S108


def _url(folder: Path) -> str:
    return f"postgres://guichet@{str(folder).replace('/', '%2F')}:{PORT}/postgres"


def _server(program: str, *arguments: object) -> None:
    command = [*_as_unprivileged(), str(_binaries() / program), *map(str, arguments)]
    result = subprocess.run(  # noqa: S603
        command, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd="/"
    )
    if result.returncode:
        sys.exit(f"{program} failed: {result.stderr.strip()}")


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_major)
    on_path = shutil.which("initdb")
    if not found and not on_path:
        sys.exit("PostgreSQL is not installed. On Debian: apt-get install postgresql")
    return found[-1].parent if found else Path(on_path or "").parent


def _major(path: Path) -> float:
    return float(path.parts[4])


def _as_unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", _user(), "--"] if os.geteuid() == 0 else []


def _user() -> str:
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, _user())


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: scripts/postgres_for_tests.py COMMAND …")
    sys.exit(main(sys.argv[1:]))
