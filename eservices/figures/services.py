"""The only writers of the figures: count what changed, merge what adds up, start all over."""

import json
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from eservices.cases.models import Case
from eservices.figures import facts
from eservices.figures.facts import Amount, Amounts, Key
from eservices.figures.models import CaseTally, Tally
from portal.accounts.models import Office
from portal.outbox.models import OutboxMessage

BATCH = 2000
MERGED = 500  # days of offices that one run of the job tidies
COUNTER = "eservices.figures.subscribers.count_case"


@transaction.atomic
def count(case_id: int) -> int:
    """Bring the figures in line with one case; return how many rows that took.

    May run any number of times, in any order, at the same time: what is added is the difference
    between the case as it stands and what the figures hold of it.
    """
    if not Case.objects.filter(pk=case_id).exists():
        return 0
    CaseTally.objects.get_or_create(case_id=case_id)
    held = CaseTally.objects.select_for_update().get(case_id=case_id)
    now = facts.of([case_id])[case_id]
    change = dict(now)
    for key, amount in _read(held.entries).items():
        facts.add(change, key, -amount.n, -amount.seconds)
    if not change:
        return 0
    Tally.objects.bulk_create(_rows(change))
    held.entries = _written(now)
    held.save(update_fields=["entries"])
    return len(change)


@transaction.atomic
def retire(case_ids: Collection[int]) -> None:
    """Keep for ever what these cases count for; to be called before they are destroyed."""
    for held in CaseTally.objects.select_for_update().filter(case__in=list(case_ids)):
        amounts = _read(held.entries)
        undone = {key: Amount(-one.n, -one.seconds) for key, one in amounts.items()}
        Tally.objects.bulk_create([*_rows(undone), *_rows(amounts, is_kept=True)])
        held.delete()


def rebuild(say: Callable[[str], None] = lambda line: None) -> int:
    """Count every case again and replace all figures at once; return how many cases there are.

    Readers see the old figures until the end. Counting of single cases waits meanwhile, and loses
    nothing: it starts from what each case then counts for.
    """
    cases = 0
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _stand_alone(one_moment=outermost)
        CaseTally.objects.all().delete()
        Tally.objects.filter(is_kept=False).delete()
        for office_id in Office.objects.order_by("pk").values_list("pk", flat=True):
            # Every key names its office: the sums of one office are final when it is done.
            sums: Amounts = {}
            for case_ids in _batches(office_id):
                cases += _count_all(case_ids, sums)
                say(f"{cases} cases")
            _insert(Tally, _rows(sums, is_merged=True))
    return cases


def compact() -> int:
    """Merge the rows that add up, some days of offices at a time; return how many days."""
    places = Tally.objects.filter(is_merged=False).values_list("office_id", "day").distinct()
    untidy = list(places.order_by()[:MERGED])
    for office_id, day in untidy:
        _merge(office_id, day)
    return len(untidy)


def behind() -> timedelta:
    """Return for how long the oldest change has been waiting to be counted."""
    waiting = OutboxMessage.objects.undelivered().filter(handler=COUNTER).order_by("created_at")
    oldest = waiting.values_list("created_at", flat=True).first()
    return timezone.now() - oldest if oldest else timedelta()


@transaction.atomic
def _merge(office_id: int, day: date) -> None:
    # What another run holds is left to it; what is added meanwhile is not seen, and stays.
    skip = connection.features.has_select_for_update_skip_locked
    rows = list(
        Tally.objects.select_for_update(skip_locked=skip).filter(office_id=office_id, day=day)
    )
    merged: list[Tally] = []
    for is_kept in (False, True):
        sums: Amounts = {}
        for row in rows:
            if row.is_kept is is_kept:
                key = Key(row.office_id, row.eservice_id, row.person_id, row.kind, row.detail,
                          row.day, row.bin)  # fmt: skip
                facts.add(sums, key, row.n, row.seconds)
        merged += _rows(sums, is_kept=is_kept, is_merged=True)
    Tally.objects.filter(pk__in=[row.pk for row in rows]).delete()
    Tally.objects.bulk_create(merged)


def _count_all(case_ids: list[int], sums: Amounts) -> int:
    found = facts.of(case_ids)
    held = (CaseTally(case_id=pk, entries=_written(amounts)) for pk, amounts in found.items())
    _insert(CaseTally, list(held))
    for amounts in found.values():
        for key, amount in amounts.items():
            facts.add(sums, key, *amount)
    return len(found)


def _batches(office_id: int) -> Iterator[list[int]]:
    cases = Case.objects.filter(office=office_id).order_by("pk").values_list("pk", flat=True)
    last = 0
    while case_ids := list(cases.filter(pk__gt=last)[:BATCH]):
        yield case_ids
        last = case_ids[-1]


def _insert(model: type[Model], rows: list[Any]) -> None:
    """Write many rows: by COPY where there is one, which is several times faster."""
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        return
    fields = [field for field in model._meta.concrete_fields if field.column != "id"]
    columns = ", ".join(str(field.column) for field in fields)
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = (getattr(row, field.attname) for field in fields)
            copy.write_row([json.dumps(v) if isinstance(v, list) else v for v in values])


def _stand_alone(*, one_moment: bool) -> None:
    """Let nobody else write figures until the end of this transaction, and see one moment only.

    A case that moves to another office meanwhile is then counted once, where it was.
    """
    with connection.cursor() as cursor:
        if one_moment:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # Before anything is read: what others have committed until then is seen.
        cursor.execute("LOCK TABLE figures_casetally, figures_tally IN EXCLUSIVE MODE")


def _rows(amounts: Amounts, *, is_kept: bool = False, is_merged: bool = False) -> list[Tally]:
    return [
        Tally(
            office_id=key.office, eservice_id=key.eservice, person_id=key.person, kind=key.kind,
            detail=key.detail, day=key.day, bin=key.bin, n=amount.n, seconds=amount.seconds,
            is_kept=is_kept, is_merged=is_merged,
        )
        for key, amount in amounts.items()
    ]  # fmt: skip


def _written(amounts: Amounts) -> list[list[Any]]:
    return [
        [key.office, key.eservice, key.person, key.kind, key.detail, key.day.isoformat(), key.bin,
         *amount]
        for key, amount in amounts.items()
    ]  # fmt: skip


def _read(entries: list[list[Any]]) -> Amounts:
    return {
        Key(office, eservice, person, kind, detail, date.fromisoformat(day), place): Amount(
            n, seconds
        )
        for office, eservice, person, kind, detail, day, place, n, seconds in entries
    }
