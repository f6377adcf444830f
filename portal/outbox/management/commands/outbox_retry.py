"""Show the messages that failed too often, and put them back."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.outbox import services
from portal.outbox.models import OutboxMessage


class Command(BaseCommand):
    help = (
        "List the parked messages of the outbox with their last error; with numbers, or --all, "
        "give them all their attempts again. Mend the cause first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", type=int, help="numbers from the list")
        parser.add_argument("--all", action="store_true", help="every parked message")

    def handle(self, *args: Any, **options: Any) -> None:
        parked = OutboxMessage.objects.parked().order_by("created_at", "pk")
        numbers = options["numbers"]
        if not numbers and not options["all"]:
            self._list(list(parked))
            return
        chosen = list(parked if options["all"] else parked.filter(pk__in=numbers))
        if unknown := sorted(set(numbers) - {one.pk for one in chosen} if numbers else set()):
            raise CommandError(f"not parked: {', '.join(map(str, unknown))}. Nothing was put back.")
        for message in chosen:
            services.retry(message)
        self.stdout.write(f"{len(chosen)} put back; the worker takes them within a minute.")

    def _list(self, parked: list[OutboxMessage]) -> None:
        for message in parked:
            self.stdout.write(f"{message.pk}\t{message.created_at:%Y-%m-%d %H:%M}\t{message}")
            self.stdout.write(f"\t{message.last_error}")
        self.stdout.write(f"{len(parked)} parked.")
