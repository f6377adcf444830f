"""Print one e-service as YAML, ready for eservice_import elsewhere."""

from argparse import ArgumentParser
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError

from eservices.catalog import services as catalog
from eservices.catalog.models import EService


class Command(BaseCommand):
    help = "Print the published definition of the e-service SLUG."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", metavar="SLUG")

    def handle(self, *args: Any, slug: str, **options: Any) -> None:
        try:
            definition = catalog.export(slug)
        except EService.DoesNotExist as exc:
            raise CommandError(f"There is no e-service {slug!r}.") from exc
        self.stdout.write(
            yaml.safe_dump(definition, allow_unicode=True, sort_keys=False, width=100)
        )
