"""Load the departments and communes of a country, and open their pages if asked."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms_pages.imports import communes
from cms_pages.opening import Order, open_site
from portal.accounts.models import Territory


class Command(BaseCommand):
    help = "Load territories from FILE. Run again, it changes only what the file changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--open",
            nargs="*",
            metavar="CODE",
            help="open the pages of these communes; without a code, of all those of the file",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = communes.load(options["file"])
        except communes.BadFile as exc:
            raise CommandError("nothing was loaded:\n- " + "\n- ".join(exc.args[0])) from exc
        self.stdout.write(
            f"{report.departments} departments, {report.communes} communes; {len(report.made)} new"
        )
        if options["open"] is not None:
            self._open(options["open"])

    def _open(self, codes: list[str]) -> None:
        found = Territory.objects.filter(kind=Territory.Kind.COMMUNE)
        chosen = found.filter(code__in=codes) if codes else found
        if missing := set(codes) - {territory.code for territory in chosen}:
            raise CommandError(f"no such commune: {', '.join(sorted(missing))}")
        waiting = list(chosen.filter(site=None))
        for number, territory in enumerate(waiting, start=1):
            open_site(Order(territory=territory))
            if number % 10 == 0 or number == len(waiting):
                self.stdout.write(f"{number}/{len(waiting)} opened")
