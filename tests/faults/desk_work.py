"""What the trials of the desk ask of the office: work to be done, and whether it was done once."""

from collections import Counter as Count
from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eservices.backoffice import jobs
from eservices.backoffice.models import Export, ExportStatus, FiguresPlan
from eservices.backoffice.repair import RepairList
from eservices.backoffice.services import distribution, exports
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseTask, Hearing, HearingStatus, TaskStatus, TaskTimer
from eservices.cases.services import Applicant, timers
from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from eservices.documents.models import IssuedDocument
from eservices.figures import facts
from eservices.figures.models import Tally
from eservices.sittings import services as sittings
from eservices.sittings.models import Sitting
from portal.accounts.models import Office, User
from portal.audit import checking
from portal.audit import services as audit
from portal.notifications.models import Delivery
from portal.outbox.models import OutboxMessage
from tests.factories import ANSWERS, AgentFactory, OfficeFactory
from tests.people import sign_in
from tests.sample_spec import sample_definition

AGENT, CHIEF = "essai-agent@guichet.example", "essai-chef@guichet.example"
SECOND = "essai-second@guichet.example"
REVIEW: dict[str, Any] = {
    "key": "review", "kind": "review", "role": "agent", "title": {"fr": "Instruction"},
}  # fmt: skip
SIGNATURE = {"key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"}}
HEARING = REVIEW | {"key": "hearing", "kind": "hearing", "hearing": {"call": []}}
TIMERS = [{"after": {"hours": hours}, "do": do} for hours, do in ((1, "remind"), (2, "escalate"))]
SILENCE = [{"after": {"hours": 3}, "do": "record"}]
AGENDA = {
    "stage": "signature",
    "title": {"var": "last_name"},
    "motives": {"rejected": "not_found", "withdrawn": "not_found"},
}
SERVICES: dict[str, dict[str, Any]] = {
    "essai-lot": {"circuit": {"stages": [REVIEW, SIGNATURE]}},
    "essai-audience": {"circuit": {"stages": [HEARING, SIGNATURE]}},
    "essai-seance": {"circuit": {"stages": [REVIEW, SIGNATURE]}, "agenda": AGENDA},
    "essai-reparti": {"circuit": {"stages": [REVIEW, SIGNATURE]}},
    "essai-delai": {"circuit": {"stages": [REVIEW | {"timers": TIMERS + SILENCE}, SIGNATURE]}},
}


def set_up_desk() -> None:
    """Open a second office, more people, and one free e-service for each trial."""
    second = OfficeFactory(code="second-office")
    AgentFactory(office=second, email=SECOND)
    home = Office.objects.get(code="test-office")
    for number in range(3):
        AgentFactory(office=home, email=f"essai-autre-{number}@guichet.example")
    for number, (slug, changes) in enumerate(SERVICES.items()):
        texts = {"slug": slug, "code": f"DESK-{number}", "fees": [], "pieces": []}
        catalog.publish(sample_definition(**texts, offices=[home.code, second.code], **changes))


def open_cases(slug: str, number: int) -> list[str]:
    """File requests of one e-service at the first office; return their references, oldest first."""
    version = EService.objects.get(slug=slug).current
    assert version is not None
    home = Office.objects.get(code="test-office")
    found = []
    for place in range(number):
        applicant = Applicant(name=f"Essai {place}", phone=f"+25377{300000 + place}", language="fr")
        case = cases.open_case(version=version, applicant=applicant, answers=ANSWERS, office=home)
        found.append(case.reference)
    return found


def session_of(email: str) -> str:
    """Sign a person in, with the second factor, and return the cookie."""
    client = Client()
    sign_in(client, User.objects.get(email=email))
    return client.cookies["sessionid"].value


def address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def office_number(code: str) -> int:
    return Office.objects.get(code=code).pk


# --- A hearing, a sitting -------------------------------------------------------------------------
def prepare_hearing(references: list[str]) -> dict[str, Any]:
    """Put these cases on the list of a hearing that is today; return it and its items."""
    agent = User.objects.get(email=AGENT)
    office = Office.objects.get(code="test-office")
    hearing = cases.plan_hearing(
        office, by=agent, starts_at=timezone.now() + timedelta(days=1), room="Salle 1"
    )
    for case in _cases(references):
        cases.take(case, actor=agent)
        cases.enlist(case, actor=agent, hearing=hearing)
    Hearing.objects.filter(pk=hearing.pk).update(starts_at=timezone.now())
    return {"pk": hearing.pk, "items": list(hearing.items.values_list("pk", flat=True))}


def hearing_state(pk: int) -> dict[str, Any]:
    hearing = Hearing.objects.get(pk=pk)
    papers = IssuedDocument.objects.of(f"hearing:{pk}")
    return {
        "is_held": hearing.status == HearingStatus.HELD,
        "undecided": hearing.items.filter(decided_at=None).count(),
        "minutes": list(papers.values_list("number", flat=True)),
        "number": hearing.minutes_number,
    }


def prepare_sitting(references: list[str], verdicts: list[str]) -> int:
    """Bring these cases before a body that decided each of them; the sitting waits to be closed."""
    agent, chief = (User.objects.get(email=email) for email in (AGENT, CHIEF))
    sitting = sittings.create(
        office=Office.objects.get(code="test-office"),
        actor=agent,
        body="Commission d’essai",
        starts_at=timezone.now() - timedelta(hours=2),
        place="Salle 1",
        chair="Le président",
    )
    for case in _cases(references):
        cases.take(case, actor=agent)
        cases.propose(case, actor=agent, outcome="granted")
        sittings.add_item(sitting, case, actor=agent)
    sittings.freeze(sitting, actor=chief)
    for item, verdict in zip(sitting.items.all(), verdicts, strict=True):
        sittings.decide(item, actor=agent, verdict=verdict, text="Vu")
    return sitting.pk


def sitting_state(pk: int) -> dict[str, Any]:
    sitting = Sitting.objects.get(pk=pk)
    papers = IssuedDocument.objects.of(sitting.owner_key)
    return {"status": sitting.status, "minutes": list(papers.values_list("number", flat=True))}


# --- The worker's part ----------------------------------------------------------------------------
def give_out(slug: str, method: str) -> None:
    distribution.choose(
        office=Office.objects.get(code="test-office"),
        eservice=EService.objects.get(slug=slug),
        method=method,
        actor=User.objects.get(email=CHIEF),
    )


def distribute(references: list[str]) -> int:
    return sum(distribution.distribute(case.pk) is not None for case in _cases(references))


def let_time_pass(slug: str) -> int:
    """Make every timer of these cases due, the first first; return how many there are."""
    rows = TaskTimer.objects.filter(task__case__eservice__slug=slug, fired_at=None)
    for row in rows:
        past = timezone.now() - timedelta(hours=4 - row.number)
        TaskTimer.objects.filter(pk=row.pk).update(due_at=past)
    return rows.count()


def run_timers() -> int:
    return timers.run_due()


def plan_figures(rhythm: str) -> int:
    """Have the figures sent to the chief, and order what is due of them."""
    chief = User.objects.get(email=CHIEF)
    FiguresPlan.objects.filter(owner=chief).delete()
    exports.plan(owner=chief, rhythm=rhythm, format="xlsx")
    return jobs.order_planned_figures()


def export_state(email: str) -> list[dict[str, Any]]:
    rows = Export.objects.filter(owner__email=email).order_by("pk")
    return [
        {
            "status": row.status,
            "is_there": bool(row.file) and storages["private"].size(row.file) == row.size > 0,
        }
        for row in rows
    ]


def let_files_wait() -> int:
    """Make what a killed worker abandoned two and a half minutes old, for trials in a hurry."""
    rows = Export.objects.filter(status=ExportStatus.RUNNING)
    rows.update(created_at=timezone.now() - exports.LONGEST)
    return exports.resume()


def export_files() -> int:
    return len(storages["private"].listdir("exports")[1])


def let_lease_end() -> int:
    """Have what a killed worker was at tried again at once."""
    return OutboxMessage.objects.undelivered().update(available_at=timezone.now())


# --- What was done --------------------------------------------------------------------------------
def history(references: list[str], action: str) -> dict[str, int]:
    """Return how many of these cases have `action` once, twice … in their history."""
    events = Count(
        Case.objects.filter(reference__in=references, events__action=action).values_list(
            "reference", flat=True
        )
    )
    return Count(str(events[one]) for one in references)


def told(kind: str, references: list[str]) -> dict[str, int]:
    """Return how many of these cases had the message `kind` once, twice … on one channel."""
    rows = Delivery.objects.filter(kind=kind, channel="sms").values_list("body", flat=True)
    return Count(str(sum(one in body for body in rows)) for one in references)


def mails(kind: str) -> int:
    return Delivery.objects.filter(kind=kind).count()


def state(references: list[str]) -> dict[str, Any]:
    rows = _cases(references)
    open_tasks = CaseTask.objects.filter(case__in=rows, status=TaskStatus.OPEN)
    return {
        "status": Count(row.status for row in rows),
        "office": Count(row.office.code for row in rows),
        "with": Count(row.assignee.email if row.assignee else "" for row in rows),
        "open": Count(str(n) for n in Count(open_tasks.values_list("case", flat=True)).values()),
        "acts": Count(
            str(IssuedDocument.objects.of(cases.attachment_owner(row)).count()) for row in rows
        ),
        "repair": len(RepairList(list({row.office_id for row in rows}))),
    }


def desk_faults() -> Iterator[str]:
    """Yield one sentence per case whose history breaks off, and per figure that is not exact."""
    rows = Case.objects.filter(eservice__slug__in=SERVICES)
    for case in rows:
        at = ""
        for event in case.events.order_by("pk"):
            if event.from_status and event.from_status != at:
                yield f"{case.reference}: {event.action} began from {event.from_status!r}, not {at!r}"
            at = event.to_status
        if at != case.status:
            yield f"{case.reference}: status {case.status} but the history ends with {at}"
    yield from _faults_of_figures(list(Case.objects.values_list("pk", flat=True)))
    audit.chain()
    for fault in checking.faults():
        yield f"journal: {fault}"


def _faults_of_figures(numbers: list[int]) -> Iterator[str]:
    """What is added up must be what the cases count for."""
    kept: defaultdict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for row in Tally.objects.filter(is_kept=False):
        key = facts.Key(row.office_id, row.eservice_id, row.person_id, row.kind, row.detail,
                        row.day, row.bin)  # fmt: skip
        kept[key][0] += row.n
        kept[key][1] += row.seconds
    for amounts in facts.of(numbers).values():
        for key, amount in amounts.items():
            kept[key][0] -= amount.n
            kept[key][1] -= amount.seconds
    for key, (n, seconds) in kept.items():
        if n or seconds:
            yield f"figures: {key} differs by {n} and {seconds} s"


def _cases(references: list[str]) -> list[Case]:
    found = Case.objects.select_related("version", "eservice", "office", "assignee")
    return list(found.filter(reference__in=references).order_by("pk"))


ORDERS = {
    one.__name__: one
    for one in (
        set_up_desk, open_cases, session_of, address, office_number, prepare_hearing, hearing_state,
        prepare_sitting, sitting_state, give_out, distribute, let_time_pass, run_timers,
        plan_figures, export_state, let_files_wait, let_lease_end, export_files, history, told, mails, state,
    )
}  # fmt: skip
ORDERS["desk_faults"] = lambda: list(desk_faults())
