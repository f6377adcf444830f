"""Run the whole suite on SQLite and on a throw-away PostgreSQL, the browser journeys on each."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from postgres_for_tests import cluster

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
CI = bool(os.environ.get("CI"))
# What to look for → the Debian package that brings it.
TOOLS = {
    "chromium": "chromium",
    "psql": "postgresql",
    "xgettext": "gettext",
    "pdftotext": "poppler-utils",
}


@dataclass(frozen=True)
class Part:
    """One run of pytest; `needs` names the `TOOLS` without which it is skipped and said so."""

    name: str
    options: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()


# A lane for each database, both at the same time; the parts of a lane follow one another.
SQLITE = [
    Part("SQLite"),
    Part("journeys on SQLite", ("-m", "journey"), frozenset({"chromium"})),
]
POSTGRES = [
    Part("PostgreSQL", (), frozenset({"psql"})),
    # The other tests in a browser look at scripts and styles: one database says as much as two.
    Part(
        "journeys on PostgreSQL",
        ("-m", "journey", "tests/journeys"),
        frozenset({"chromium", "psql"}),
    ),
]


def main() -> int:
    missing = _install_tools()
    BUILD.mkdir(exist_ok=True)
    waiting = BUILD / "postgresql.txt"  # what the second lane says, while the first one speaks
    with ThreadPoolExecutor() as lanes, waiting.open("w") as output:
        database = nullcontext(dict(os.environ)) if "psql" in missing else cluster()
        with database as environment:
            second = lanes.submit(_run, POSTGRES, missing, environment, output)
            failed = _run(SQLITE, missing, dict(os.environ), sys.stdout) + second.result()
    print(waiting.read_text(errors="replace"))
    totals: Counter[str] = Counter()
    for report in BUILD.glob("junit-*.xml"):
        _add(report, totals)
    print(f"{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return int(bool(failed))


def _run(
    lane: list[Part], missing: set[str], environment: dict[str, str], output: TextIO
) -> list[str]:
    """Run the parts of a lane, whatever becomes of them; return the names of those that failed."""
    failed = []
    for part in lane:
        print(f"\n=== {part.name} ===", file=output, flush=True)
        report = BUILD / f"junit-{part.name.replace(' ', '-').lower()}.xml"
        report.unlink(missing_ok=True)
        if lacking := part.needs & missing:
            packages = ", ".join(TOOLS[tool] for tool in sorted(lacking))
            print(f"SKIPPED: install the Debian package {packages}.", file=output, flush=True)
            code = int(CI)
        else:
            command = [sys.executable, "-m", "pytest", "-q", *part.options, f"--junitxml={report}"]
            code = subprocess.call(  # noqa: S603
                command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
            )
        if code:
            failed.append(part.name)
    return failed


def _install_tools() -> set[str]:
    """Install by apt what is missing, where we may; return what is still missing."""
    missing = {tool for tool in TOOLS if not _found(tool)}
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [TOOLS[tool] for tool in sorted(missing)]
        print(f"Installing {', '.join(packages)} …", flush=True)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        ):
            subprocess.call(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
        missing = {tool for tool in TOOLS if not _found(tool)}
    return missing


def _found(tool: str) -> bool:
    if tool == "psql":  # a client alone does not make a server
        return bool(list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))) or bool(
            shutil.which("initdb")
        )
    return bool(shutil.which(tool))


def _add(report: Path, totals: Counter[str]) -> None:
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314  written by our pytest
        count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        totals["failed"] += failed
        totals["skipped"] += count["skipped"]
        totals["passed"] += count["tests"] - failed - count["skipped"]


if __name__ == "__main__":
    sys.exit(main())
