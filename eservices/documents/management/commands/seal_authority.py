"""Say which authority vouches for the seals; make a new one when its key is lost for good."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from eservices.documents import keys
from eservices.documents.models import SealAuthority


class Command(BaseCommand):
    help = "List the authorities that vouched for seals. With --new, make another from now on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--new", action="store_true", help="the key is lost for good")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new"]:
            keys.replace_authority()
            self.stdout.write("Restart the service, and publish the new certificate.")
        for one in SealAuthority.objects.all():
            self.stdout.write(f"{one.since:%Y-%m-%d %H:%M}\t{one.fingerprint}")
