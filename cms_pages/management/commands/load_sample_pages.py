"""Load the sample site of the CMS."""

from typing import Any

from django.core.management.base import BaseCommand

from cms_pages.sample import load_sample_pages


class Command(BaseCommand):
    help = "Make the sample pages, guides and roles of the CMS; run again, it changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        made = load_sample_pages()
        self.stdout.write(f"{made} pages made")
