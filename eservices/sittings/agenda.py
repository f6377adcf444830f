"""Which cases may come before a body, and how the agenda names them: the e-service says so."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eservices.cases.models import Case, CaseTask, TaskStatus
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.sittings.models import AgendaItem, Sitting
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
        is_classified=case.is_restricted
        or (classified is not None and truthy(classified, answers)),
    )


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
        .select_related("case__version", "case__eservice")
        .defer("case__version__spec", "case__eservice__definition")
        .order_by("opened_at", "pk")[:MOST_WAITING]
    )
    return [(task.case, heading(task.case)) for task in tasks if comes_before(task.case, task)]


def comes_before(case: Case, task: CaseTask) -> bool:
    """Whether the open task is the stage that a body decides."""
    rule = rule_of(case)
    return rule is not None and rule.get("stage") == task.stage


def digest(sitting: Sitting) -> str:
    """Return what the agenda said, in one number, when it was frozen."""
    rows = sitting.items.order_by("position", "pk").values_list("case__reference", "title", "group")
    text = json.dumps([str(sitting.starts_at), sitting.place, list(rows)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
