"""Run the whole suite: on SQLite, on a throw-away PostgreSQL, then the browser journeys on each."""

import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
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


def main() -> int:
    missing = _install_tools()
    BUILD.mkdir(exist_ok=True)
    runs = [
        ("SQLite", ["-n", "2"], False, set()),
        ("PostgreSQL", ["-n", "2"], True, {"psql"}),
        ("journeys on SQLite", ["-m", "journey"], False, {"chromium"}),
        # The other tests in a browser look at scripts and styles: one database says as much as two.
        ("journeys on PostgreSQL", ["-m", "journey", "tests/journeys"], True, {"chromium", "psql"}),
    ]
    codes, totals = [], dict.fromkeys(("passed", "failed", "skipped"), 0)
    for name, options, postgres, needs in runs:
        print(f"\n=== {name} ===", flush=True)
        if lacking := needs & missing:
            packages = ", ".join(TOOLS[tool] for tool in sorted(lacking))
            print(f"SKIPPED: install the Debian package {packages} to run this part.")
            codes.append(int(CI))
            totals["failed" if CI else "skipped"] += 1
            continue
        report = BUILD / f"junit-{len(codes)}.xml"
        report.unlink(missing_ok=True)
        command = [sys.executable, "-m", "pytest", "-q", *options, f"--junitxml={report}"]
        code = subprocess.call([*(POSTGRES if postgres else []), *command], cwd=ROOT)  # noqa: S603
        codes.append(0 if code == 5 and "journey" in options else code)  # 5: none written yet
        _add(report, totals)
    print(f"\n{totals['passed']} passed, {totals['failed']} failed, {totals['skipped']} skipped")
    return int(any(codes))


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
