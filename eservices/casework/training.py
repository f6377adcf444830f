"""Training offices: ready cases in every status, made anew by one call. Never touches a real office."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus
from eservices.cases.services import Applicant
from eservices.casework.errors import NotTraining
from eservices.catalog import services as catalog
from eservices.catalog.circuits.model import Circuit, Stage
from eservices.catalog.models import EService
from eservices.payments import services as payments
from portal.accounts import services as accounts
from portal.accounts.models import Office, Role, User
from portal.audit import services as audit
from portal.core.expressions import truthy

# How many ready cases there are in each status: 24 in all, every status at least twice.
PLAN = {
    CaseStatus.SUBMITTED: 8,
    CaseStatus.IN_REVIEW: 4,
    CaseStatus.AWAITING_APPLICANT: 2,
    CaseStatus.AWAITING_PAYMENT: 2,
    CaseStatus.GRANTED: 2,
    CaseStatus.REFUSED: 2,
    CaseStatus.CLOSED: 2,
    CaseStatus.WITHDRAWN: 2,
}
NAMES = [
    ("EXEMPLE", "Hodan Ali"), ("EXEMPLE", "Moussa Omar"), ("ESSAI", "Fatouma Said"),
    ("ESSAI", "Abdillahi Houssein"), ("MODELE", "Kadra Ismaël"), ("MODELE", "Aïcha Waberi"),
]  # fmt: skip
PLAIN_ANSWERS = {"text": "EXEMPLE-1", "integer": 1990}  # to the other questions of a stage
PHONE = "+2537700000"  # nobody's, and nothing is sent in any case


@dataclass(frozen=True)
class Team:
    """The made-up colleagues who bring the ready cases as far as they are."""

    agent: User
    chief: User

    def with_role(self, role: str) -> User:
        return self.chief if role == Role.CHIEF else self.agent


def reset(office: Office) -> list[Case]:
    """Remove every case of a training office and make the ready ones anew.

    Results of exercises stay. :raises NotTraining: for a real office, which is left alone.
    """
    if not office.is_training:
        raise NotTraining(f"{office.code} is a real office: nothing was changed.")
    eservice = _eservice(office)
    _empty(office)
    team = Team(
        accounts.trainer(office, Role.AGENT, full_name="Formateur"),
        accounts.trainer(office, Role.CHIEF, full_name="Formatrice, cheffe de service"),
    )
    made: list[Any] = []
    for status, number in PLAN.items():
        for _number in range(number):
            made.append(_make(office, eservice, status, team, len(made)))
    audit.record("training.reset", office=office.code, subject=office.code)
    return made


def _eservice(office: Office) -> EService:
    """Return what is practised on: a service of the country with an examination and a signature."""
    published = EService.objects.exclude(current=None).filter(country=office.country)
    found = list(published.select_related("current").order_by("code"))
    for eservice in found:
        assert eservice.current is not None
        nodes = eservice.current.spec["circuit"].get("stages", [])
        if [stage.get("kind") for stage in nodes] == ["review", "signature"]:
            return eservice
    if not found:
        raise NotTraining(_("There is no e-service to practise on. Ask for one to be published."))
    return found[0]


def _make(office: Office, eservice: EService, status: str, team: Team, number: int) -> Case:
    last, first = NAMES[number % len(NAMES)]
    version = eservice.current
    assert version is not None
    case = cases.open_case(
        version=version,
        applicant=Applicant(f"{last} {first}", phone=f"{PHONE}{number:02d}", language="fr"),
        answers=_answers(version, last, first, number),
        office=office,
    )
    if status != CaseStatus.AWAITING_PAYMENT:
        _forgive_fee(case)
    if status == CaseStatus.SUBMITTED:
        _attach(case)  # what is practised on; drawing one for each would take a minute
    _bring_to(case, status, team)
    if status != CaseStatus.AWAITING_PAYMENT:
        # A queue in which everything came this minute teaches nothing about order and delay.
        age = timedelta(days=(len(PLAN) * 3 - number) % 6, hours=number % 7 + 1)
        rows = Case.objects.filter(pk=case.pk, filed_at__isnull=False)
        rows.update(filed_at=timezone.now() - age, created_at=timezone.now() - age)
        cases.tell_guests(case)
    case.refresh_from_db()
    return case


def _answers(version: Any, last: str, first: str, number: int) -> dict[str, Any]:
    """Return an answer to each question of the service that has an obvious one."""
    known = {"last_name": last, "first_names": first, "phone": f"{PHONE}{number:02d}",
             "birth_date": f"19{70 + number}-05-12", "copies": 1, "language": "fr", "sex": "F",
             "mother_name": "Fatouma Omar", "father_name": "Ali Robleh"}  # fmt: skip
    answers: dict[str, Any] = {}
    for field in catalog.compiled(version).fields:
        if field.key in known:
            answers[field.key] = known[field.key]
        elif field.options:
            answers[field.key] = field.options[0].value if field.type.key == "choice" else None
    return {key: value for key, value in answers.items() if value is not None}


def _forgive_fee(case: Case) -> None:
    """File a case without its fee; the opposite entry clears the debt from the ledger."""
    if case.payment is None:
        return
    payment = case.payment
    Case.objects.filter(pk=case.pk).update(payment=None)
    payments.cancel(payment)
    cases.confirm_payment(case)


def _attach(case: Case) -> None:
    spec = catalog.compiled(case.version)
    if not spec.pieces:
        return
    upload = SimpleUploadedFile("piece-exemple.jpg", _paper(case), content_type="image/jpeg")
    attachments.store(
        upload, owner=cases.attachment_owner(case), slot=spec.pieces[0].key, accept=["jpeg"],
        max_mb=5,
    )  # fmt: skip


def _paper(case: Case) -> bytes:
    """Draw a paper that nobody can take for a real one."""
    image = Image.new("RGB", (1200, 800), "#f4f1e8")
    pen = ImageDraw.Draw(image)
    pen.rectangle([30, 30, 1170, 770], outline="#345", width=6)
    lines = ["SPECIMEN - FORMATION", case.applicant_name, case.reference, "Sans valeur"]
    for number, line in enumerate(lines):
        pen.text((90, 110 + number * 150), line.encode("latin-1", "replace").decode("latin-1"),
                 fill="#123", font_size=58)  # fmt: skip
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=85)
    return stream.getvalue()


def _bring_to(case: Case, status: str, team: Team) -> None:
    ways: dict[str, Callable[[], Any]] = {
        CaseStatus.IN_REVIEW: lambda: _take(case, team),
        CaseStatus.AWAITING_APPLICANT: lambda: _ask(case, team),
        CaseStatus.GRANTED: lambda: _decide(case, team, "granted"),
        CaseStatus.REFUSED: lambda: _decide(case, team, "refused"),
        CaseStatus.CLOSED: lambda: _close(case, team),
        CaseStatus.WITHDRAWN: lambda: cases.withdraw(case, reason="Exercice"),
    }
    if status in ways:
        ways[status]()


def _take(case: Case, team: Team) -> User:
    task = case.tasks.filter(status="open").order_by("pk").first()
    person = team.with_role(task.role if task else Role.AGENT)
    cases.take(case, actor=person, reason="Exercice")
    return person


def _ask(case: Case, team: Team) -> None:
    person = _take(case, team)
    items = [{"kind": "field", "key": "last_name", "reason": "", "note": "À corriger"}]
    cases.ask(case, actor=person, items=items, message="Exercice : corrigez votre nom.")


def _decide(case: Case, team: Team, outcome: str) -> None:
    """Go through the stages: each but the last proposes, the last decides."""
    motives = case.version.spec.get("refusal", {}).get("motives", [])
    motive = motives[0]["code"] if outcome == "refused" and motives else ""
    for stage in Circuit.of(case.version.spec).stages[:-1]:
        person = _take(case, team)
        if stage.proposes:
            cases.propose(case, actor=person, outcome=outcome, motive=motive, reason="Exercice")
        else:
            cases.complete(
                case, actor=person, outcome=outcome, motive=motive, reason="Exercice",
                values=_found(stage, outcome),
            )  # fmt: skip
    person = _take(case, team)
    if outcome == "granted":
        cases.grant(case, actor=person, reason="Exercice")
    else:
        cases.refuse(case, actor=person, motive=motive, reason="Exercice")


def _found(stage: Stage, outcome: str) -> dict[str, Any]:
    """Return what the made-up colleague answers at a stage: the first choice, or the last to refuse."""
    asked = [field for field in stage.fields if field["type"] == "choice"]
    place = 0 if outcome == "granted" else -1
    found: dict[str, Any] = {one["key"]: one["options"][place]["value"] for one in asked}
    for field in stage.fields:
        if field["type"] in PLAIN_ANSWERS and truthy(field.get("show_if"), found):
            found[field["key"]] = PLAIN_ANSWERS[field["type"]]
    return found


def _close(case: Case, team: Team) -> None:
    _decide(case, team, "granted")
    cases.hand_over(case, actor=team.agent, recipient=case.applicant_name, identity="CNI 0000000")


# --- Removing ----------------------------------------------------------------------------------
def _empty(office: Office) -> None:
    """Remove the cases of a training office with all that hangs on them; money owed is forgiven."""
    rows = list(Case.objects.filter(office=office).select_related("payment"))
    for case in rows:
        if case.payment is not None and case.payment.status == "pending":
            payments.cancel(case.payment)
        attachments.remove_all(cases.attachment_owner(case))
    with transaction.atomic():
        _delete(Case.objects.filter(pk__in=[case.pk for case in rows], office__is_training=True))


def _delete(rows: models.QuerySet[Any]) -> None:
    """Delete `rows`, first what protects them: apps above and beside add tables we do not know."""
    keys = list(rows.values_list("pk", flat=True))
    if not keys:
        return
    for relation in rows.model._meta.related_objects:
        if relation.on_delete in (models.PROTECT, models.CASCADE):
            below = relation.related_model._base_manager
            _delete(below.filter(**{f"{relation.field.name}__in": keys}))
    rows.model._base_manager.filter(pk__in=keys).delete()
