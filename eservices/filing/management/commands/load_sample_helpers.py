"""Accredit the sample people who help others."""

from typing import Any

from django.core.management.base import BaseCommand

from eservices.filing.sample import load_sample_helpers


class Command(BaseCommand):
    help = "Give their accreditation to the sample helpers; never for production."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"helpers: {load_sample_helpers()}")
