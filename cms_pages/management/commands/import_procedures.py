"""Import a catalogue of procedures."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms_pages.imports.services import Report, import_catalogue
from portal.core.errors import PortalError


class Command(BaseCommand):
    help = "Import procedures from a JSON file, or from a folder with themes and administrations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--prefix", default="BF", help="first letters of the identifiers")
        parser.add_argument("--report", type=Path, help="write what is incomplete to this CSV file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_catalogue(
                options["path"], prefix=options["prefix"], progress=self._progress
            )
        except PortalError as exc:
            raise CommandError(str(exc)) from exc
        self._tell(report)
        if options["report"]:
            _write(report, options["report"])
            self.stdout.write(f"list of incomplete guides: {options['report']}")

    def _progress(self, done: int, total: int) -> None:
        if done % 50 == 0 or done == total:
            self.stdout.write(f"{done} of {total}")

    def _tell(self, report: Report) -> None:
        for outcome, number in report.outcomes.items():
            self.stdout.write(f"{outcome}: {number}")
        self.stdout.write(f"incomplete: {len(report.incomplete)}")
        for name, number in report.missing.most_common():
            self.stdout.write(f"  no {name}: {number}")
        for name, reason in report.refused:
            self.stderr.write(f"refused: {name}: {reason}")


def _write(report: Report, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["identifier", "title", "missing"])
        writer.writerows([i, t, " ".join(names)] for i, t, names in report.incomplete)
