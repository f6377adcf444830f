"""The only writers of the figures: count what changed, merge what adds up, start all over."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from eservices.cases.models import Case
from eservices.cases.services import repair_guests
from eservices.figures import facts, holds
from eservices.figures.facts import Amount, Amounts, Key
from eservices.figures.holds import Hold
from eservices.figures.models import CaseTally, Tally
from portal.accounts.models import Office
from portal.outbox.models import OutboxMessage

BATCH = 2000
TALLY = (
    "office_id", "eservice_id", "person_id", "kind", "detail", "day", "bin", "n", "seconds",
    "is_merged", "is_kept",
)  # fmt: skip
HELD = ("entries", "office_id", "holder_id", "touched_at", "idle_at", "moved_at")
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
    kept = dict(zip(HELD, _held(now, holds.of([case_id]).get(case_id)), strict=True))
    change = dict(now)
    for key, amount in _read(held.entries).items():
        facts.add(change, key, -amount.n, -amount.seconds)
    if change or any(getattr(held, name) != value for name, value in kept.items()):
        Tally.objects.bulk_create(_rows(change))
        CaseTally.objects.filter(pk=case_id).update(**kept)
    return len(change)


@transaction.atomic
def retire(case_ids: Collection[int]) -> None:
    """Keep for ever what these cases count for; to be called before they are destroyed."""
    for held in CaseTally.objects.select_for_update().filter(case__in=list(case_ids)):
        amounts = _read(held.entries)
        undone = {key: Amount(-one.n, -one.seconds) for key, one in amounts.items()}
        Tally.objects.bulk_create([*_rows(undone), *_rows(amounts, is_kept=True)])
        held.delete()


def rebuild(say: Callable[[str], None] = lambda line: None, *, after: str = "") -> int:
    """Count every case again and replace all figures; return how many cases there are.

    One office after the other, in the order of their codes: readers see the old figures of an
    office until its own are replaced, and the counting of single cases waits no longer than that.
    It loses nothing: it starts from what each case then counts for. What was interrupted goes on
    `after` the last office that was told to be done.
    """
    cases = 0
    offices = list(Office.objects.filter(code__gt=after).order_by("code").values_list("pk", "code"))
    for number, (office_id, code) in enumerate(offices, 1):
        found = _rebuild_office(office_id)
        cases += found
        say(f"{code}: {found} cases ({number} of {len(offices)} offices, {cases} cases so far)")
    # Cases that moved to an office that was done from one that was not.
    missed: QuerySet[Any, Any] = Case.objects.filter(casetally=None).values_list("pk", flat=True)
    for case_id in missed.iterator():
        count(case_id)
        cases += 1
    return cases


@transaction.atomic
def _rebuild_office(office_id: int) -> int:
    """Replace what is kept of one office: every key names its office, so its sums are its own.

    A case that has just moved here and still counts elsewhere is left to the message that follows.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE figures_casetally, figures_tally IN EXCLUSIVE MODE")
    CaseTally.objects.filter(office=office_id).delete()
    CaseTally.objects.filter(office=None, case__office=office_id).delete()
    Tally.objects.filter(office=office_id, is_kept=False).delete()
    repair_guests(office_id)
    cases = 0
    sums: Amounts = {}
    for case_ids in _batches(office_id):
        cases += _count_all(case_ids, sums)
    _insert(Tally, TALLY, ((*key, *amount, True, False) for key, amount in sums.items()))
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
    found, held = facts.of(case_ids), holds.of(case_ids)
    rows = ((pk, *_held(amounts, held.get(pk))) for pk, amounts in found.items())
    _insert(CaseTally, ("case_id", *HELD), rows)
    for amounts in found.values():
        for key, amount in amounts.items():
            facts.add(sums, key, *amount)
    return len(found)


def _held(amounts: Amounts, hold: Hold | None) -> tuple[Any, ...]:
    """Return what a `CaseTally` holds, in the order of HELD."""
    office_id = next(iter(amounts)).office if amounts else hold.office_id if hold else None
    times = (hold.holder_id, hold.touched_at, hold.idle_at, hold.moved_at) if hold else (None,) * 4
    return (_written(amounts), office_id, *times)


def _batches(office_id: int) -> Iterator[list[int]]:
    """Return the cases of an office that count for nothing yet, some at a time."""
    cases = Case.objects.filter(office=office_id, casetally=None).order_by("pk")
    last = 0
    while case_ids := list(cases.filter(pk__gt=last).values_list("pk", flat=True)[:BATCH]):
        yield case_ids
        last = case_ids[-1]


def _insert(model: type[Model], columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write many rows: by COPY where there is one, which is several times faster."""
    if connection.vendor != "postgresql":
        made = [model(**dict(zip(columns, row, strict=True))) for row in rows]
        model._default_manager.bulk_create(made, batch_size=BATCH)
        return
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row([json.dumps(v) if isinstance(v, list) else v for v in row])


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
