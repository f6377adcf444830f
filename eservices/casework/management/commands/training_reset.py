"""Make the ready cases of the training offices anew; real offices are never touched."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from eservices.casework import training
from eservices.casework.errors import NotTraining
from portal.accounts.models import Office


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--office", help="code of one training office; all of them without it")

    def handle(self, *args: Any, **options: Any) -> None:
        offices = Office.objects.open().order_by("code")
        code = options["office"]
        offices = offices.filter(code=code) if code else offices.filter(is_training=True)
        if not offices:
            raise CommandError("There is no such training office.")
        for office in offices:
            try:
                made = training.reset(office)
            except NotTraining as exc:
                raise CommandError(str(exc)) from exc
            self.stdout.write(f"{office.code}: {len(made)} cases ready")
