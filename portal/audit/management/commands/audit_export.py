"""Write the journal as lines of JSON, to a file or to the standard output."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.audit import exporting, services


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="first day, UTC")
        parser.add_argument("--to", dest="last", type=date.fromisoformat, help="last day, UTC")
        parser.add_argument("--output", type=Path, help="file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        # Who has the command line has no account here: the line says only that it was done.
        services.record("journal.exported", subject=str(options["output"] or "-"))
        services.chain()
        stream = options["output"].open("w", encoding="utf-8") if options["output"] else sys.stdout
        try:
            count = 0
            for row in exporting.lines(options["first"], options["last"]):
                stream.write(row + "\n")
                count += 1
        finally:
            if options["output"]:
                stream.close()
        self.stderr.write(f"{count} lines")
