import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from eservices.figures import services


class Command(BaseCommand):
    help = "Count every case again and replace all figures, office by office."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--after",
            default="",
            metavar="OFFICE",
            help="go on after this office, the last one done",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        cases = services.rebuild(self.stdout.write, after=options["after"])
        self.stdout.write(f"{cases} cases counted in {time.monotonic() - begin:.0f} s")
