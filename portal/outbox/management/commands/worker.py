"""Deliver the outbox and run scheduled jobs, until told to stop."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.outbox.worker import AlreadyRunning, WorkerParent


class Command(BaseCommand):
    help = "Run background work: outbox, mail, SMS, scheduled jobs. Stop it with SIGTERM or Ctrl-C."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            WorkerParent().run()
        except AlreadyRunning as exc:
            raise CommandError(str(exc)) from exc
