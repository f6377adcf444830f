"""Measure the main journeys on SQLite and on PostgreSQL: a table, and build/bench.json.

Counted: every SQL statement except SAVEPOINT, BEGIN and COMMIT; the processor time of the thread
that answers, user and system (`cpu_ms`), that of PostgreSQL's process for our connection (`db_ms`;
SQLite works inside our thread), and that of the process which checks uploaded files
(`cpu_helpers_ms`); bytes of headers and body as sent to a browser that accepts gzip (`bytes`),
before compression (`bytes_plain`), and of the static files a first visit adds (`bytes_assets`).

`both_ms` and `p95_both_ms` are processor and database together as they came out: median and 95th
percentile. `pace` is how much longer a fixed piece of work took beside each visit than at the machine's best:
busy neighbours make the same instructions take up to twice the processor time. `cost_ms` and
`p95_cost_ms` are the same, divided by it.
Requests are made in process: gunicorn's own share (about 1 ms each) is not in it.

    python -m bench.run [--database sqlite|postgresql] [--only SCENARIO …] [--at URL …]

With `--at`, in PostgreSQL databases of one's own that stay: an empty one is filled, with 10,000
cases the first, with a million (GUICHET_BENCH_CASES) the others; a filled one is measured as it is.
"""

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
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
    "both_ms": "both ms",
    "p95_both_ms": "p95",
    "cost_ms": "÷ pace",
    "p95_cost_ms": "p95 ÷ pace",
    "bytes": "bytes sent",
}
GROWTH = ["what", "statements", "small: ms", "p95", "large: ms", "p95", "growth", "÷ pace", "bytes"]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    parser.add_argument("--only", nargs="*", default=[], help="names of scenario modules")
    parser.add_argument("--at", nargs="*", default=[], metavar="URL", help="databases that stay")
    parser.add_argument("--out", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.out:
        return _measure(options.only, Path(options.out))
    results: list[dict] = []
    failed = False
    for place, url in enumerate(options.at):
        code, found = _measure_apart("postgresql", options.only, url, is_first=place == 0)
        failed |= bool(code)
        results += found
    each = [options.database] if options.database else ["sqlite", "postgresql"]
    for database in [] if options.at else each:
        if database == "postgresql" and not _has_postgres():
            print("PostgreSQL is not installed: measured on SQLite only.", file=sys.stderr)
            continue
        code, found = _measure_apart(database, options.only)
        failed |= bool(code)
        results += found
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, indent=1) + "\n")
    print(f"{_machine()}\n")
    _print(
        [[*COLUMNS.values()], *([str(one.get(name, "")) for name in COLUMNS] for one in results)]
    )
    if growth := _growth(results):
        print()
        _print([GROWTH, *growth])
    return int(failed)


def _measure_apart(
    database: str, only: list[str], url: str = "", *, is_first: bool = True
) -> tuple[int, list[dict]]:
    """Measure in a process of its own, in the database at `url` or an empty one that disappears."""
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
        if url:
            environment |= {
                "DATABASE_URL": url,
                "GUICHET_BENCH_SIZES": "small" if is_first else "large",
            }
        elif database == "postgresql":
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
    is_empty = "accounts_user" not in connection.introspection.table_names()
    call_command("migrate", verbosity=0, skip_checks=True)
    if is_empty:
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


def _growth(results: list[dict]) -> list[list[str]]:
    """Return what was measured at two sizes, one beside the other."""
    by_name: dict[str, list[dict]] = {}
    for one in results:
        if one.get("size"):
            by_name.setdefault(f"{one['name']} ({one['database']})", []).append(one)
    return [
        [
            name, str(max(small["queries"], large["queries"])),
            *(str(one[key]) for one in (small, large) for key in ("both_ms", "p95_both_ms")),
            f"{large['both_ms'] / small['both_ms']:.2f}",
            f"{large['cost_ms'] / small['cost_ms']:.2f}", str(large["bytes"]),
        ]
        for name, found in by_name.items()
        if len(found) > 1
        for small, large in [(found[0], found[-1])]
    ]  # fmt: skip


def _machine() -> str:
    """Tell what the figures were made on, and how busy it is."""
    models = re.findall(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return (
        f"{os.cpu_count()} × {models[0] if models else platform.processor()}, "
        f"Python {platform.python_version()}, load {load}, {time.strftime('%d.%m.%Y %H:%M %Z')}"
    )


def _print(rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if position < 2 else cell.rjust(width)
            for position, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells))


if __name__ == "__main__":
    sys.exit(main())
