"""Fill an empty installation with offices, people, e-services and their guides."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms_pages.sample import load_sample_pages
from cms_pages.sample_communes import load_sample_communes
from eservices.appointments.sample import load_sample_resources
from eservices.codelists.sample import load_sample_lists
from portal.accounts.sample import load_sample_people

REGISTERS = Path(settings.BASE_DIR) / "sample_content" / "registers"
ESERVICES = Path(settings.BASE_DIR) / "sample_content" / "eservices"


class Command(BaseCommand):
    help = "Load the sample content; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        load_sample_people()
        load_sample_lists()
        self.stdout.write("offices and people: loaded")
        call_command("register_import", *sorted(REGISTERS.glob("*.yaml")), stdout=self.stdout)
        call_command("eservice_import", *sorted(ESERVICES.glob("*.yaml")), stdout=self.stdout)
        load_sample_resources()
        call_command("load_sample_helpers", stdout=self.stdout)
        load_sample_pages()
        self.stdout.write("pages: loaded")
        load_sample_communes()
        self.stdout.write("communes: loaded")
