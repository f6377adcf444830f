import time
from typing import Any

from django.core.management.base import BaseCommand

from eservices.figures import services


class Command(BaseCommand):
    help = "Count every case again and replace all figures; readers see the old ones until the end."

    def handle(self, *args: Any, **options: Any) -> None:
        begin = time.monotonic()
        cases = services.rebuild(
            lambda line: self.stdout.write(line) if options["verbosity"] > 1 else None
        )
        self.stdout.write(f"{cases} cases counted in {time.monotonic() - begin:.0f} s")
