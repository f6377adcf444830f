"""An appeal and the refusal that it contests, each as it is told on the page of the other."""

from dataclasses import dataclass
from datetime import datetime

from eservices.backoffice import wording
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus, Decision
from eservices.cases.policies import Standing
from portal.core.texts import pick


@dataclass(frozen=True)
class Contested:
    """The refusal: why, by whom, when; and what the applicant answers to it."""

    reference: str
    office: str
    motive: str
    explanation: str
    decided_by: str
    decided_at: datetime | None
    why: str
    may_open: bool


def refusal(standing: Standing, language: str) -> Contested | None:
    """Return what this case, an appeal, contests; None for any other case."""
    if standing.case.appeal_of_id is None:
        return None
    decisions = Decision.objects.filter(case=standing.case.appeal_of_id)
    decision = decisions.select_related("case__office", "decided_by").first()
    if decision is None:
        return None
    event = standing.case.events.filter(action="open").first()
    first = decision.case
    return Contested(
        reference=first.reference,
        office=first.office.name_in(language),
        motive=pick(decision.motive_label, language),
        explanation=decision.reason,
        decided_by=str(decision.decided_by or ""),
        decided_at=decision.decided_at,
        why=event.note if event else "",
        may_open=Case.objects.for_agent(standing.actor).filter(pk=first.pk).exists(),
    )


def appeal(case: Case) -> tuple[str, str] | None:
    """Return the number and the status of the appeal against `case`; None when there is none."""
    if case.status not in (CaseStatus.REFUSED, CaseStatus.CLOSED):
        return None
    found = cases.appeal_of(case)
    return (found.reference, wording.status(found.status)[0]) if found else None
