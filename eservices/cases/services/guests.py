"""What a stage asked of another office keeps of its case: that office counts and orders by it."""

from django.db.models import F, OuterRef, Q, QuerySet

from eservices.cases.models import Case, CaseTask

KEPT = {
    "filed_at": "filed_at",
    "case_status": "status",
    "case_due_at": "due_at",
    "case_is_restricted": "is_restricted",
    "case_eservice_id": "eservice_id",
}


def kept_of(case: Case) -> dict[str, object]:
    """Return what a stage that opens keeps of its case."""
    return {own: getattr(case, name) for own, name in KEPT.items()}


def tell_guests(case: Case) -> None:
    """Bring the open stages of other offices in line with what is saved of `case`."""
    _write(CaseTask.objects.asked_of_guests().filter(case=case.pk))


def repair_guests(office_id: int) -> int:
    """Bring what is asked of this office in line with its cases; return how many stages were not."""
    wrong = Q()
    for own, name in KEPT.items():
        neither = Q(**{f"{own}__isnull": True, f"case__{name}__isnull": True})
        wrong |= ~Q(**{own: F(f"case__{name}")}) & ~neither
    asked = CaseTask.objects.asked_of_guests().filter(wrong, office=office_id)
    return _write(CaseTask.objects.filter(pk__in=list(asked.values_list("pk", flat=True))))


def _write(tasks: QuerySet[CaseTask]) -> int:
    case = Case.objects.filter(pk=OuterRef("case"))
    return tasks.update(**{own: case.values(name)[:1] for own, name in KEPT.items()})
