"""Publish e-services from YAML files."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eservices.catalog import checking
from eservices.catalog import services as catalog
from eservices.catalog.errors import DefinitionRefused
from eservices.catalog.transfer import MAX_BYTES


class Command(BaseCommand):
    help = "Check and publish the e-service in each FILE. A file with a fault changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        for path in files:
            definition = _read(path)
            found = checking.examine(definition)
            if found.errors:
                raise CommandError(f"{path}: not published\n{_listed(found.errors)}")
            for warning in found.warnings:
                self.stderr.write(f"{path}: warning: {warning}")
            try:
                version = catalog.publish(definition)
            except DefinitionRefused as exc:
                faults = _listed(exc.details["errors"])
                raise CommandError(f"{path}: not published\n{faults}") from exc
            self.stdout.write(f"{path}: {version}")


def _read(path: Path) -> Any:
    """Return what the file holds. :raises CommandError: with what is wrong."""
    try:
        if path.stat().st_size > MAX_BYTES:  # reading more would take minutes
            raise CommandError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB")
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
        raise CommandError(f"{path}: cannot be read: {exc}") from exc
    except RecursionError as exc:
        raise CommandError(f"{path}: cannot be read: nested too deeply") from exc
    except ValueError as exc:  # the 40th of month 13
        raise CommandError(f"{path}: cannot be read: a value does not exist: {exc}") from exc


def _listed(faults: Iterable[str]) -> str:
    return "\n".join(f"  {fault}" for fault in faults)
