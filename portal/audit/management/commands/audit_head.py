"""Print where the chain stands, to keep on paper: a journal whose end is cut no longer matches."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.audit import services
from portal.audit.models import AuditHead, AuditLink


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="the head of this day (UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        services.chain()
        if options["day"]:
            head = AuditHead.objects.filter(day=options["day"]).first()
            if head is None:
                raise CommandError(
                    "This day has no head: it is not over, or the journal was empty."
                )
            self.stdout.write(f"{head.position}:{head.digest}")
            return
        last = AuditLink.objects.order_by("-position").first()
        self.stdout.write(f"{last.position}:{last.digest}" if last else "0:")
