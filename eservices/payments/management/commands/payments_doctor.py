"""Check the invariants of money; the exit status is 1 when one is broken."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from eservices.payments.services.doctor import faults


class Command(BaseCommand):
    help = "Check that ledger, debts and attempts agree."

    def handle(self, **options: Any) -> None:
        found = 0
        for fault in faults():
            found += 1
            self.stdout.write(fault)
        self.stdout.write(f"{found} fault(s)" if found else "no fault")
        if found:
            sys.exit(1)
