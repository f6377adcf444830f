"""Run the whole suite: on SQLite, on a throw-away PostgreSQL, then the browser journeys on each."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
POSTGRES = [sys.executable, "scripts/postgres_for_tests.py"]
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
    options: tuple[str, ...]
    needs: frozenset[str] = frozenset()

    @property
    def on_postgres(self) -> bool:
        return "psql" in self.needs


# What stands in one group runs at the same time: browsers wait more than they work.
GROUPS = [
    [Part("SQLite", ("-n", "2"))],
    [Part("PostgreSQL", ("-n", "2"), frozenset({"psql"}))],
    [
        Part("journeys on SQLite", ("-m", "journey"), frozenset({"chromium"})),
        # The other tests in a browser look at scripts and styles: one database says as much as two.
        Part(
            "journeys on PostgreSQL",
            ("-m", "journey", "tests/journeys"),
            frozenset({"chromium", "psql"}),
        ),
    ],
]


def main() -> int:
    missing = _install_tools()
    BUILD.mkdir(exist_ok=True)
    codes, totals = [], dict.fromkeys(("passed", "failed", "skipped"), 0)
    for together in GROUPS:
        started: list[_Started] = []
        for part in together:
            if lacking := part.needs & missing:
                packages = ", ".join(TOOLS[tool] for tool in sorted(lacking))
                print(f"\n=== {part.name} ===\nSKIPPED: install the Debian package {packages}.")
                codes.append(int(CI))
                totals["failed" if CI else "skipped"] += 1
            else:
                started.append(_start(part, shown=not started))
        for run in started:
            codes.append(_end(run))
            _add(run.report, totals)
    print(f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return int(any(codes))


@dataclass(frozen=True)
class _Started:
    name: str
    process: subprocess.Popen[bytes]
    report: Path
    output: Path | None  # what it says waits here while the first of its group says its own


def _start(part: Part, *, shown: bool) -> _Started:
    title = part.name.replace(" ", "-").lower()
    report, output = BUILD / f"junit-{title}.xml", None if shown else BUILD / f"{title}.txt"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", *part.options, f"--junitxml={report}"]
    if shown:
        print(f"\n=== {part.name} ===", flush=True)
    process = subprocess.Popen(  # noqa: S603
        [*(POSTGRES if part.on_postgres else []), *command],
        cwd=ROOT,
        stdout=None if output is None else output.open("wb"),
        stderr=None if output is None else subprocess.STDOUT,
    )
    return _Started(part.name, process, report, output)


def _end(run: _Started) -> int:
    code = run.process.wait()
    if run.output is not None:
        print(f"\n=== {run.name} ===\n{run.output.read_text(errors='replace')}", flush=True)
    return code


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


def _add(report: Path, totals: dict[str, int]) -> None:
    if not report.exists():
        totals["failed"] += 1
        return
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314  written by our pytest
        count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = count["failures"] + count["errors"]
        totals["failed"] += failed
        totals["skipped"] += count["skipped"]
        totals["passed"] += count["tests"] - failed - count["skipped"]


if __name__ == "__main__":
    sys.exit(main())
