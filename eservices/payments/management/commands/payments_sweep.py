"""Ask the provider about attempts that have been silent, without waiting for the worker."""

from typing import Any

from django.core.management.base import BaseCommand

from eservices.payments import services as payments


class Command(BaseCommand):
    help = "Ask the provider about attempts to pay that are due."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{payments.sweep_pending()} attempts asked about")
