"""Publish e-services from YAML files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eservices.catalog import services as catalog
from eservices.catalog.errors import DefinitionRefused


class Command(BaseCommand):
    help = "Check and publish the e-service in each FILE. A file with a fault changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        for path in files:
            try:
                definition = yaml.safe_load(path.read_text(encoding="utf-8"))
            except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
                raise CommandError(f"{path}: cannot be read: {exc}") from exc
            try:
                version = catalog.publish(definition)
            except DefinitionRefused as exc:
                faults = "\n".join(f"  {fault}" for fault in exc.details["errors"])
                raise CommandError(f"{path}: not published\n{faults}") from exc
            self.stdout.write(f"{path}: {version}")
