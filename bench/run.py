"""Measure the main journeys on SQLite and on PostgreSQL: a table, and build/bench.json.

Counted: every SQL statement except SAVEPOINT, BEGIN and COMMIT; the processor time of the thread
that answers, user and system (`cpu_ms`), that of PostgreSQL's process for our connection (`db_ms`;
SQLite works inside our thread), and that of the process which checks uploaded files
(`cpu_helpers_ms`); bytes of headers and body as sent to a browser that accepts gzip (`bytes`),
before compression (`bytes_plain`), and of the static files a first visit adds (`bytes_assets`).

`pace` is how much longer a fixed piece of work took beside each visit than at the machine's best:
busy neighbours make the same instructions take up to twice the processor time. `cost_ms` and
`p95_cost_ms` are processor and database together, divided by it: median and 95th percentile.
Requests are made in process: gunicorn's own share (about 1 ms each) is not in it.

    python -m bench.run [--database sqlite|postgresql] [--only SCENARIO …]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS = ROOT / "bench" / "scenarios"
BUILD = ROOT / "build"
COLUMNS = {  # of the table; build/bench.json holds more
    "name": "what",
    "database": "database",
    "size": "size",
    "requests": "requests",
    "queries": "statements",
    "cpu_ms": "web ms",
    "db_ms": "db ms",
    "pace": "pace",
    "cost_ms": "cost ms",
    "p95_cost_ms": "cost p95",
    "bytes": "bytes sent",
}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--only", nargs="*", default=[], help="names of scenario modules")
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.out:
        return _measure(options.only, Path(options.out))
    results: list[dict] = []
    failed = False
    for database in [options.database] if options.database else ["sqlite", "postgresql"]:
        if database == "postgresql" and not _has_postgres():
            print("PostgreSQL is not installed: measured on SQLite only.", file=sys.stderr)
            continue
        code, found = _measure_apart(database, options.only)
        failed |= bool(code)
        results += found
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n")
    _print(results)
    return int(failed)


def _measure_apart(database: str, only: list[str]) -> tuple[int, list[dict]]:
    """Measure in a process of its own, on an empty database that disappears afterwards."""
    with tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder:
        out = Path(folder) / "results.json"
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "GUICHET_DATA_DIR": folder,
            "GUICHET_LOG_LEVEL": "ERROR",
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "bench.run", "--out", str(out)]
        if only:
            command += ["--only", *only]
        if database == "postgresql":
            command = [sys.executable, "scripts/postgres_for_tests.py", *command]
        code = subprocess.call(command, cwd=ROOT, env=environment)
        return code, json.loads(out.read_text()) if out.exists() else []


def _measure(only: list[str], out: Path) -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench.context import Context
    from portal.core import preparation

    preparation.make_folders()
    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("createcachetable", verbosity=0)
    preparation.load_sample(lambda line: None)
    context = Context({"sqlite": "SQLite"}.get(connection.vendor, "PostgreSQL"))
    failed = False
    for path in sorted(SCENARIOS.glob("[!_]*.py")):
        if only and path.stem not in only:
            continue
        try:
            import_module(f"bench.scenarios.{path.stem}").run(context)
        except Exception as exc:  # noqa: BLE001  one broken scenario must not hide the others
            failed = True
            print(f"{path.stem} on {context.database}: {exc!r}", file=sys.stderr)
    out.write_text(json.dumps(context.results))
    return int(failed)


def _has_postgres() -> bool:
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return any(installed) or bool(shutil.which("initdb"))


def _print(results: list[dict]) -> None:
    rows = [[*COLUMNS.values()]]
    rows += [[str(result.get(column, "")) for column in COLUMNS] for result in results]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        cells = [
            cell.ljust(width) if position < 2 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells))


if __name__ == "__main__":
    sys.exit(main())
