"""Cases as lists show them: in words, read with what a list shows and nothing more."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from eservices.backoffice import wording
from eservices.backoffice.cursors import Key
from eservices.backoffice.models import CaseLabel
from eservices.cases.circuit import Circuit
from eservices.cases.models import CLOCK_RUNS, OPEN, Case, CaseStatus, CaseTask
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from portal.accounts.models import person_name
from portal.core.counting import KeyAmong
from portal.core.prepared import prepared
from portal.core.texts import pick

PERSON = ("full_name", "email", "phone", "username")
SHOWN = (
    "pk", "reference", "created_at", "applicant_name", "status", "stage", "filed_at", "due_at", "paused_at",
    "decided_at", "office_id", "version_id", "eservice__slug", "eservice__title", "version__spec_sha256",
    "office__name", "office__code", *(f"assignee__{name}" for name in PERSON),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a list, in words."""

    pk: int
    reference: str
    service: str
    applicant: str
    office: str
    filed_at: datetime | None
    decided_at: datetime | None
    age: str
    status: str
    kind: str  # of the status: which tag shows it
    stage: str
    is_in_review: bool
    is_stopped: bool  # the clock
    late: str  # by how much the deadline has passed; empty when it has not
    labels: Sequence[str] = ()
    asked_by: str = ""  # the office whose case it is, when that is another one
    holders: Sequence[str] = ()  # who has it; several when branches go on at the same time
    due_at: datetime | None = None


@dataclass(frozen=True)
class OpenStage:
    """What a list tells of an open stage."""

    stage: str
    office_id: int
    due_at: datetime | None
    holder: str


def list_rows(keys: list[Key], here: Collection[int] = ()) -> list[Row]:
    """Return the cases at these places, in this order, with what a list shows and nothing more.

    Plain values, no models: a page of fifty was slower to make into objects than to look up.
    """
    pks = tuple(pk for _filed_at, pk in keys)
    if not pks:
        return []
    found = {row["pk"]: row for row in _cases(pks=pks)}
    labels, stages = _labels(pks), _open_stages(pks)
    titles: dict[tuple[int, str], str] = {}
    return [
        _row(found[pk], stages.get(pk, []), labels.get(pk, []), here, titles)
        for pk in pks
        if pk in found
    ]


@prepared
def _cases(*, pks: tuple[int, ...]) -> QuerySet[Any, Any]:
    return Case.objects.filter(KeyAmong(pks)).order_by().values(*SHOWN)


@prepared
def _labels_of(*, pks: tuple[int, ...]) -> QuerySet[Any, Any]:
    rows = CaseLabel.objects.filter(KeyAmong(pks, "case_id")).order_by("pk")
    return rows.values_list("case_id", "label__name")


@prepared
def _stages_of(*, pks: tuple[int, ...]) -> QuerySet[Any, Any]:
    people = [f"assignee__{name}" for name in PERSON]
    rows = CaseTask.objects.open().filter(KeyAmong(pks, "case_id")).order_by("pk")
    return rows.values_list("case_id", "stage", "office_id", "due_at", "assignee_id", *people)


def _labels(pks: tuple[int, ...]) -> Mapping[int, list[str]]:
    labels = defaultdict(list)
    for pk, name in _labels_of(pks=pks):
        labels[pk].append(name)
    return labels


def _open_stages(pks: tuple[int, ...]) -> Mapping[int, list[OpenStage]]:
    stages = defaultdict(list)
    for row in _stages_of(pks=pks):
        pk, stage, office_id, due_at, assignee_id, *names = row
        holder = person_name(*names) if assignee_id else ""
        stages[pk].append(OpenStage(stage, office_id, due_at, holder))
    return stages


def _row(
    case: Mapping[str, Any],
    stages: Sequence[OpenStage],
    labels: Sequence[str],
    here: Collection[int],
    titles: dict[tuple[int, str], str],
) -> Row:
    status, kind = wording.status(case["status"])
    office = pick(case["office__name"]) or case["office__code"]
    is_asked = bool(here) and case["office_id"] not in here
    stages = [one for one in stages if not is_asked or one.office_id in here]
    due_at = min((one.due_at for one in stages if is_asked and one.due_at), default=case["due_at"])
    is_late = case["status"] in CLOCK_RUNS and bool(due_at and due_at < timezone.now())
    return Row(
        pk=case["pk"],
        reference=case["reference"],
        service=pick(case["eservice__title"]) or case["eservice__slug"],
        applicant=case["applicant_name"],
        office=office,
        filed_at=case["filed_at"],
        decided_at=case["decided_at"],
        age=wording.age(case["filed_at"] or case["created_at"]),
        status=status,
        kind=kind,
        stage=_stage_title(case, stages[0].stage if is_asked and stages else case["stage"], titles),
        is_in_review=case["status"] == CaseStatus.IN_REVIEW,
        is_stopped=case["paused_at"] is not None,
        late=wording.age(due_at) if due_at and is_late else "",
        labels=labels,
        asked_by=office if is_asked else "",
        holders=_holders(case, stages),
        due_at=due_at,
    )


def _stage_title(case: Mapping[str, Any], stage: str, known: dict[tuple[int, str], str]) -> str:
    """Return the name of a stage, or of a block of stages, of an open case."""
    if case["status"] not in OPEN or not stage:
        return ""
    key = (case["version_id"], stage)
    if key not in known:
        version = EServiceVersion(pk=key[0], spec_sha256=case["version__spec_sha256"])
        circuit = Circuit.of(catalog.compiled(version).source)
        known[key] = pick(circuit.stage(stage).title) or stage
    return known[key]


def _holders(case: Mapping[str, Any], stages: Sequence[OpenStage]) -> list[str]:
    """Return who has the stages that are open; of an ended case, who had the last."""
    if case["status"] not in OPEN:
        last = [case[f"assignee__{name}"] for name in PERSON]
        return [person_name(*last)] if any(last) else []
    return list(dict.fromkeys(one.holder for one in stages if one.holder))
