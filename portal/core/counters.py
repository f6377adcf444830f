"""Series of numbers without gap or duplicate, such as the register of an office for one year."""

from django.db import connection, transaction
from django.db.models import F

from portal.core.models import Counter


def next_number(series: str) -> int:
    """Return the next number of `series`, from 1.

    Call it inside the transaction that stores what bears the number: a rollback then gives the
    number back, so that the series has no gap. Writers of one series wait for each other.
    :raises RuntimeError: outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("next_number() must run in the transaction that stores the number")
    if not Counter.objects.filter(series=series).update(value=F("value") + 1):
        with transaction.atomic():
            Counter.objects.bulk_create([Counter(series=series)], ignore_conflicts=True)
        Counter.objects.filter(series=series).update(value=F("value") + 1)
    return Counter.objects.values_list("value", flat=True).get(series=series)
