"""Does every text of the interface exist in every language?"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import polib
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.test.utils import override_settings

from portal.core.catalogues import ROOT

SOURCES = ("portal", "eservices", "cms_pages", "templates", "locale")
TRANSLATED = ("fr", "ar")  # English is what the code says
SHOWN = 30


class Command(BaseCommand):
    help = "List the texts that lack a French or an Arabic translation; fail if there is one."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lenient", action="store_true", help="list, but do not fail")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (shutil.which("xgettext") and shutil.which("msgmerge")):
            raise CommandError("gettext is not installed. On Debian: apt-get install gettext")
        missing = 0
        with _extracted() as folder:
            for language in TRANSLATED:
                missing += self._report(language, folder)
        if missing and not options["lenient"]:
            raise CommandError(
                f"{missing} translations are missing (make messages, then translate)"
            )

    def _report(self, language: str, folder: Path) -> int:
        catalogue = polib.pofile(str(folder / "locale" / language / "LC_MESSAGES" / "django.po"))
        lacking = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
        lacking = [entry for entry in lacking if not entry.obsolete]
        self.stdout.write(f"{language}: {catalogue.percent_translated()} % translated")
        for entry in lacking[:SHOWN]:
            place = entry.occurrences[0][0] if entry.occurrences else "?"
            self.stdout.write(f"  {place}: {entry.msgid!r}")
        if len(lacking) > SHOWN:
            self.stdout.write(f"  … and {len(lacking) - SHOWN} more")
        return len(lacking)


@contextmanager
def _extracted() -> Iterator[Path]:
    """Extract the texts of today into a copy of the catalogues; the repository stays as it is."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="guichet-messages-") as name:
        folder = Path(name)
        for source in SOURCES:
            ignore = shutil.ignore_patterns("__pycache__", "migrations", "*.mo")
            shutil.copytree(ROOT / source, folder / source, ignore=ignore)
        try:
            os.chdir(folder)
            with override_settings(LOCALE_PATHS=[str(folder / "locale")]):
                call_command("makemessages", locale=list(TRANSLATED), verbosity=0, no_wrap=True)
        finally:
            os.chdir(here)
        yield folder
