"""How long the holders of cases have left them alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from eservices.cases.models import CLOCK_RUNS, Case, CaseEvent


@dataclass(frozen=True, slots=True)
class Hold:
    """Who has a case, and since when nothing was done."""

    office_id: int
    holder_id: int
    touched_at: datetime  # the holder's last act, or when it was given; else the filing
    idle_at: datetime | None  # from when on half of the delay has gone by since
    moved_at: datetime  # the last act of anybody, or the filing


def of(case_ids: Collection[int]) -> dict[int, Hold]:
    """Return who has each of these cases that is taken and whose clock runs; three queries."""
    columns = ("pk", "office_id", "assignee_id", "filed_at", "due_at")
    rows: QuerySet[Any, Any] = Case.objects.filter(
        pk__in=case_ids, status__in=CLOCK_RUNS, assignee__isnull=False, filed_at__isnull=False
    ).values_list(*columns)
    taken = list(rows)
    if not taken:
        return {}
    acts: QuerySet[Any, Any] = (
        CaseEvent.objects.filter(case__in=[row[0] for row in taken])
        .order_by()
        .values_list("case", "actor")
        .annotate(last=Max("at"))
    )
    by_actor = {(case, actor): last for case, actor, last in acts}
    given = _given([row[0] for row in taken])
    moved: dict[int, datetime] = {}
    for (case, _actor), last in by_actor.items():
        moved[case] = max(last, moved.get(case, last))
    found = {}
    for pk, office, holder, filed_at, due_at in taken:
        # Nobody held what was still with somebody else.
        known = [by_actor.get((pk, holder)), given.get((pk, holder))]
        touched = max((at for at in known if at), default=filed_at)
        idle_at = touched + (due_at - filed_at) / 2 if due_at else None
        found[pk] = Hold(office, holder, touched, idle_at, max(filed_at, moved.get(pk, filed_at)))
    return found


def _given(case_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """Return when each case was last given to each person, by a chief or by the portal."""
    rows: QuerySet[Any, Any] = CaseEvent.objects.filter(case__in=case_ids, action="assign")
    last = rows.order_by().values_list("case", "data__to").annotate(last=Max("at"))
    return {(case, person): at for case, person, at in last if isinstance(person, int)}
