"""Publish one message per line read: `<number> <seconds the handler takes>`."""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from portal.outbox.services import publish  # noqa: E402

for line in sys.stdin:
    number, seconds = line.split()
    with transaction.atomic():
        publish("fault.trial", number=int(number), seconds=float(seconds))
