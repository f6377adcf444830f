"""Compile the translation catalogues, without the gettext tools."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.core.catalogues import ROOT, compile_catalogues


class Command(BaseCommand):
    help = "Compile locale/*/LC_MESSAGES/*.po to .mo where they changed."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="compile all of them")

    def handle(self, *args: Any, **options: Any) -> None:
        for path in compile_catalogues(force=options["force"]):
            self.stdout.write(str(path.relative_to(ROOT)))
