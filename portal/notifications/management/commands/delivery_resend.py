"""Show the mails and SMS that did not leave, and send them again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.notifications import services
from portal.notifications.models import Delivery


class Command(BaseCommand):
    help = (
        "List the mails and SMS that failed for good with the reason; with numbers, or --all, queue "
        "them again. Codes are never sent again: they are too old, and the person asks for a new one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("numbers", nargs="*", type=int, help="numbers from the list")
        parser.add_argument("--all", action="store_true", help="every failed message but codes")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = Delivery.objects.failed().order_by("created_at", "pk")
        numbers = options["numbers"]
        if not numbers and not options["all"]:
            self._list(list(failed))
            return
        chosen = list(failed if options["all"] else failed.filter(pk__in=numbers))
        if unknown := sorted(set(numbers) - {one.pk for one in chosen} if numbers else set()):
            raise CommandError(
                f"not a failed message, or a code: {', '.join(map(str, unknown))}. Nothing was sent."
            )
        for delivery in chosen:
            services.resend(delivery)
        self.stdout.write(f"{len(chosen)} queued again.")

    def _list(self, failed: list[Delivery]) -> None:
        for one in failed:
            self.stdout.write(
                f"{one.pk}\t{one.created_at:%Y-%m-%d %H:%M}\t{one.channel}\t{one.kind}"
            )
            self.stdout.write(f"\t{one.to}: {one.last_error}")
        self.stdout.write(f"{len(failed)} failed.")
