"""What the import commands share: the file in, YAML out, the losses told one by one."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eservices.formdefs import engine
from eservices.formdefs.importers.base import CannotImport, Imported


class ImportCommand(BaseCommand):
    """Print a definition as YAML, ready for the form builder or eservice_import."""

    reads: Callable[..., Imported]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--country", default="BJ")
        parser.add_argument("--currency", default="XOF")
        parser.add_argument("--office", default="", help="code of the office that receives")
        parser.add_argument("--out", type=Path, help="write there and not to the screen")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        more = {name: options[name] for name in ("country", "currency", "office")}
        try:
            found = type(self).reads(file.read_bytes(), file.name, **more)
        except (OSError, CannotImport) as error:
            raise CommandError(f"{file}: {error}") from error
        text = yaml.safe_dump(found.definition, allow_unicode=True, sort_keys=False, width=100)
        if options["out"]:
            options["out"].write_text(text, encoding="utf-8")
        else:
            self.stdout.write(text)
        for loss in found.losses:
            self.stderr.write(f"lost: {loss}")
        for fault in engine.lint(found.definition):
            self.stderr.write(f"to mend: {fault}")
        self.stderr.write(f"{len(found.losses)} losses")
