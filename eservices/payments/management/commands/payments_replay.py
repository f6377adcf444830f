"""Look again into notices already received: safe, because evidence is fetched anew."""

from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from eservices.payments import services as payments


class Command(BaseCommand):
    help = "Look again into every notice received since a day. Counts only, unless --wet-run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=date.fromisoformat, required=True, help="YYYY-MM-DD")
        parser.add_argument("--provider", default="stripe")
        parser.add_argument("--wet-run", action="store_true")

    def handle(self, *, since: date, provider: str, wet_run: bool, **options: Any) -> None:
        start = timezone.make_aware(datetime.combine(since, time.min))
        count = payments.replay(since=start, provider=provider, wet_run=wet_run)
        what = "will be looked into again" if wet_run else "would be looked into (--wet-run)"
        self.stdout.write(f"{count} notice(s) {what}")
