"""Which cases may come before a body, and how the agenda names them: the e-service says so."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from eservices.cases.models import (
    OPEN,
    Case,
    CaseStatus,
    CaseTask,
    Decision,
    Outcome,
    TaskStatus,
)
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.sittings.models import ADOPTED, AgendaItem, Sitting, Verdict
from portal.accounts.models import Office, User
from portal.core.expressions import evaluate, truthy
from portal.core.texts import pick

MOST_WAITING = 200


@dataclass(frozen=True)
class Heading:
    """How one case stands on an agenda."""

    title: str
    group: str
    section: str
    section_title: str
    is_classified: bool


def rule_of(case: Case) -> Mapping[str, Any] | None:
    """Return the `agenda` of the e-service; None when its cases come before no body."""
    found = catalog.compiled(case.version).source.get("agenda")
    return found if isinstance(found, Mapping) else None


def heading(case: Case) -> Heading:
    rule = rule_of(case) or {}
    spec = catalog.compiled(case.version)
    answers = {**engine.computed(spec, case.answers), **case.facts}
    section = str(evaluate(rule.get("section"), answers) or "")
    titles = {str(one["key"]): pick(one["label"], "fr") for one in rule.get("sections") or []}
    classified = rule.get("classified")
    return Heading(
        title=str(evaluate(rule.get("title"), answers) or case.applicant_name)[:300],
        group=str(evaluate(rule.get("group"), answers) or "")[:200],
        section=section,
        section_title=titles.get(section, ""),
        # Where the e-service does not say, what only its chain may read is told to nobody.
        is_classified=case.is_restricted
        if classified is None
        else bool(truthy(classified, answers)),
    )


def is_secret(item: AgendaItem) -> bool:
    """Whether the item stays out of what everybody reads: as it was put down, or as it is now."""
    return item.is_classified or heading(item.case).is_classified


def section_order(case: Case) -> list[str]:
    return [str(one["key"]) for one in (rule_of(case) or {}).get("sections") or []]


def waiting(office: Office, reader: User) -> list[tuple[Case, Heading]]:
    """Return the cases whose stage before the body is open at `office`, on no agenda now.

    Those that `reader` may not read are put on it by somebody who may.
    """
    readable = Case.objects.readable_by(reader)
    tasks = (
        CaseTask.objects.filter(office=office, status=TaskStatus.OPEN, case__in=readable)
        .exclude(case__in=AgendaItem.objects.standing().values("case"))
        .exclude(case__in=_to_be_refused())
        .select_related("case__version", "case__eservice")
        .defer("case__version__spec", "case__eservice__definition")
        .order_by("opened_at", "pk")[:MOST_WAITING]
    )
    return [(task.case, heading(task.case)) for task in tasks if comes_before(task.case, task)]


def possible(items: Iterable[AgendaItem], office: Office) -> dict[int, frozenset[str]]:
    """Return what may still be decided of each item's case as it stands now; one query for all.

    Between the agenda and the sitting a case may be withdrawn by who filed it, or sent back.
    """
    items = list(items)
    tasks = CaseTask.objects.filter(
        office=office, status=TaskStatus.OPEN, case__in=[item.case_id for item in items]
    ).exclude(case__in=_to_be_refused())
    open_at: dict[int, list[CaseTask]] = {}
    for task in tasks:
        open_at.setdefault(task.case_id, []).append(task)
    return {item.pk: _possible(item.case, open_at.get(item.case_id, [])) for item in items}


def _possible(case: Case, tasks: list[CaseTask]) -> frozenset[str]:
    if case.status not in OPEN:
        return frozenset(_SETTLED.get(case.status, {Verdict.WITHDRAWN}))
    # While its author is asked to correct it, nobody decides on what is about to change.
    is_ready = case.status != CaseStatus.AWAITING_APPLICANT
    if is_ready and any(comes_before(case, task) for task in tasks):
        return frozenset(Verdict.values)
    return frozenset({Verdict.ADJOURNED})


# What a case that is settled already allows to write; applying it changes nothing.
_SETTLED: Mapping[str, frozenset[str]] = {
    CaseStatus.GRANTED: frozenset(ADOPTED),
    CaseStatus.REFUSED: frozenset({Verdict.REJECTED, Verdict.WITHDRAWN}),
}


def _to_be_refused() -> Any:
    """Cases that an earlier stage proposes to refuse: they come before no body."""
    refused = Decision.objects.filter(decided_at=None, outcome=Outcome.REFUSED)
    return refused.values("case")


def waits(case: Case, office: Office) -> bool:
    """Whether the case may be put on an agenda of `office` now."""
    tasks = case.tasks.filter(office=office, status=TaskStatus.OPEN)
    here = tasks.exclude(case__in=_to_be_refused())
    return any(comes_before(case, task) for task in here)


def comes_before(case: Case, task: CaseTask) -> bool:
    """Whether the open task is the stage that a body decides."""
    rule = rule_of(case)
    return rule is not None and rule.get("stage") == task.stage


def digest(sitting: Sitting) -> str:
    """Return what the agenda said, in one number, when it was frozen."""
    rows = sitting.items.order_by("position", "pk").values_list("case__reference", "title", "group")
    text = json.dumps([str(sitting.starts_at), sitting.place, list(rows)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
