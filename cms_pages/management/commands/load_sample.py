"""Fill an empty installation with offices, people, e-services and their guides."""

from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms_pages.sample import load_sample_pages
from cms_pages.sample_communes import load_sample_communes
from eservices.appointments.sample import load_sample_resources
from eservices.casework.sample import load_sample_texts
from eservices.catalog.models import EService
from eservices.codelists.sample import load_sample_lists
from portal.accounts.sample import load_sample_people

REGISTERS = Path(settings.BASE_DIR) / "sample_content" / "registers"
ESERVICES = Path(settings.BASE_DIR) / "sample_content" / "eservices"


class Command(BaseCommand):
    help = "Load the sample content that is missing; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        load_sample_people()
        load_sample_lists()
        self.stdout.write("offices and people: loaded")
        call_command("register_import", *sorted(REGISTERS.glob("*.yaml")), stdout=self.stdout)
        if files := _unpublished():
            call_command("eservice_import", *files, stdout=self.stdout)
        load_sample_resources()
        load_sample_texts()
        call_command("load_sample_helpers", stdout=self.stdout)
        load_sample_pages()
        self.stdout.write("pages: loaded")
        load_sample_communes()
        self.stdout.write("communes: loaded")


def _unpublished() -> list[Path]:
    """Return the files of sample e-services that are not published yet."""
    known = set(EService.objects.exclude(current=None).values_list("code", flat=True))
    files = sorted(ESERVICES.glob("*.yaml"))
    if not known:
        return files
    return [f for f in files if yaml.safe_load(f.read_text("utf-8"))["code"] not in known]
