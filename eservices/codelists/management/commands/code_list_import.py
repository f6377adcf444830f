"""Import a shared list of answers from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eservices.codelists import services as codelists
from eservices.codelists.reading import Reading


class Command(BaseCommand):
    help = (
        "Make a new version of the list KEY out of FILE (columns: value; label_fr; label_ar; parent; "
        "from; until). A file with a fault changes nothing; --check only tells."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--key", help="name of the list; by default that of the file")
        parser.add_argument("--title", default="")
        parser.add_argument("--check", action="store_true", help="write nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        key = options["key"] or file.stem
        try:
            content = file.read_bytes()
        except OSError as exc:
            raise CommandError(f"{file}: {exc}") from exc
        if options["check"]:
            reading = codelists.preview(key, content)
            self.report(reading)
            if not reading.is_good:
                raise CommandError(f"{file}: not good")
            return
        try:
            version, reading = codelists.import_csv(key, content, title=options["title"])
        except codelists.ListRefused as exc:
            self.report(exc.details["reading"])
            raise CommandError(f"{file}: not imported") from exc
        self.report(reading)
        self.stdout.write(f"{file}: {version}")

    def report(self, reading: Reading) -> None:
        for fault in reading.faults:
            self.stdout.write(fault)
        for line in reading.lines:
            if line.fault:
                self.stdout.write(f"line {line.number} ({line.value}): {line.fault}")
        counts = ", ".join(f"{reading.count(one)} {one}" for one in ("new", "changed", "same"))
        self.stdout.write(f"{len(reading.lines)} lines: {counts}, {len(reading.gone)} gone")
