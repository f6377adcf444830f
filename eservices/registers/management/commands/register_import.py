"""Define registers from YAML files, with their first lines."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eservices.registers import services
from eservices.registers.errors import EntryRefused
from portal.core.errors import BadConfiguration


class Command(BaseCommand):
    help = "Define the register in each FILE. Its lines are added only while it has none."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        for path in files:
            try:
                content = yaml.safe_load(path.read_text(encoding="utf-8"))
                definition, entries = content["definition"], content.get("entries") or []
            except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError) as exc:
                raise CommandError(f"{path}: cannot be read: {exc}") from exc
            try:
                register = services.save_register(definition)
                count = services.add_first_entries(register, entries)
            except BadConfiguration as exc:
                faults = "\n".join(f"  {fault}" for fault in exc.details["errors"])
                raise CommandError(f"{path}: not taken\n{faults}") from exc
            except EntryRefused as exc:
                raise CommandError(f"{path}: a line is not taken: {exc}") from exc
            self.stdout.write(f"{path}: {register.code}, {count} lines added")
