"""Objects for tests: each default is valid and boring, each trait is a sentence of the domain."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone

from eservices.cases import searching
from eservices.cases.models import (
    Case,
    CaseEvent,
    CaseStatus,
    CaseTask,
    Complement,
    Decision,
    Outcome,
    TaskStatus,
)
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.core.models import WorkCalendar
from portal.core.references import new_reference
from tests.sample_spec import sample_definition

ANSWERS = {
    "last_name": "Robleh",
    "first_names": "Hodan Ali",
    "phone": "+25377831234",
    "copies": 2,
    "reason": "school",
}


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    full_name = factory.Sequence(lambda n: f"Personne {n}")
    phone = factory.Sequence(lambda n: f"+25377{500000 + n}")
    phone_verified = True
    language = "fr"


class WorkCalendarFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkCalendar
        django_get_or_create = ("code",)

    code = "dj"
    name = "Djibouti"
    weekdays = "60123"


class OfficeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Office

    code = factory.Sequence(lambda n: f"office-{n}")
    name = factory.LazyAttribute(lambda office: {"fr": f"Bureau {office.code}"})
    country = "DJ"
    time_zone = "Africa/Djibouti"
    calendar = factory.SubFactory(WorkCalendarFactory)


class AgentFactory(UserFactory):
    """A person who works in an office: `AgentFactory(office=…, role="chief")`."""

    full_name = factory.Sequence(lambda n: f"Agent {n}")
    email = factory.Sequence(lambda n: f"agent-{n}@guichet.example")
    phone = ""
    phone_verified = False

    office = factory.SubFactory(OfficeFactory)
    role = Role.AGENT

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> User:
        office, role = values.pop("office"), values.pop("role")
        user = super()._create(model_class, *args, **values)
        OfficeMembership.objects.create(user=user, office=office, role=role)
        return user


class EServiceVersionFactory(factory.Factory):
    """A published version of the small e-service of tests/sample_spec.py; free unless told."""

    class Meta:
        model = EServiceVersion

    offices = ()
    slug = "extrait-test"
    code = "TEST-1"
    fees = ()

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **changes: Any) -> EServiceVersion:
        offices = list(changes.pop("offices")) or [OfficeFactory().code]
        fees = list(changes.pop("fees"))
        return catalog.publish(sample_definition(offices=offices, fees=fees, **changes))


class CaseFactory(factory.django.DjangoModelFactory):
    """A case in an office, filed yesterday; traits say how far it has come."""

    class Meta:
        model = Case
        skip_postgeneration_save = True

    class Params:
        submitted = factory.Trait(status=CaseStatus.SUBMITTED)
        in_review = factory.Trait(
            status=CaseStatus.IN_REVIEW,
            assignee=factory.SubFactory(AgentFactory, office=factory.SelfAttribute("..office")),
        )
        awaiting_applicant = factory.Trait(
            in_review=True,
            status=CaseStatus.AWAITING_APPLICANT,
            paused_at=factory.LazyFunction(timezone.now),
        )
        proposed = factory.Trait(status=CaseStatus.IN_REVIEW, stage="signature")
        granted = factory.Trait(
            proposed=True,
            status=CaseStatus.GRANTED,
            decided_at=factory.LazyFunction(timezone.now),
        )
        refused = factory.Trait(granted=True, status=CaseStatus.REFUSED)

    office = factory.SubFactory(OfficeFactory)
    version = factory.LazyAttribute(
        lambda case: EServiceVersionFactory(
            offices=[case.office.code],
            slug=f"extrait-{case.office.code}",
            code=f"T-{case.office.code}"[:20],
        )
    )
    eservice = factory.SelfAttribute("version.eservice")
    reference = factory.LazyFunction(lambda: new_reference("DJ26"))
    applicant_name = "Hodan Ali Robleh"
    phone = "+25377831234"
    answers = factory.LazyFunction(ANSWERS.copy)
    search_text = factory.LazyAttribute(
        lambda case: searching.text(
            catalog.compiled(case.version), case.answers, name=case.applicant_name
        )
    )
    status = CaseStatus.SUBMITTED
    stage = "review"
    filed_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    created_at = factory.LazyAttribute(lambda case: case.filed_at or timezone.now())
    due_at = factory.LazyAttribute(lambda case: case.filed_at and case.filed_at + timedelta(days=3))

    @factory.post_generation
    def reviewer(case: Case, create: bool, reviewer: User | None, **kwargs: Any) -> None:
        """Add what the status supposes: events, tasks, proposal, decision, complement."""
        CaseEvent.objects.create(
            case=case, action="open", to_status=CaseStatus.SUBMITTED, at=case.created_at
        )
        if case.stage == "review":
            _open_task(case, "review", Role.AGENT)
        else:
            _review_done(case, reviewer or AgentFactory(office=case.office))
        if case.status == CaseStatus.AWAITING_APPLICANT:
            Complement.objects.create(
                case=case,
                items=[{"kind": "field", "key": "last_name", "reason": "unreadable", "note": ""}],
                asked_by=case.assignee,
                answer_by=timezone.now() + timedelta(days=30),
            )


def _open_task(case: Case, stage: str, role: str) -> None:
    CaseTask.objects.create(
        case=case, stage=stage, kind=stage, role=role, office=case.office, assignee=case.assignee
    )


def _review_done(case: Case, reviewer: User) -> None:
    CaseTask.objects.create(
        case=case, stage="review", kind="review", role=Role.AGENT, office=case.office,
        assignee=reviewer, status=TaskStatus.DONE, outcome=Outcome.GRANTED,
        done_at=timezone.now(), done_by=reviewer,
    )  # fmt: skip
    decision = Decision(case=case, outcome=Outcome.GRANTED, proposed_by=reviewer)
    if case.decided_at is None:
        _open_task(case, "signature", Role.CHIEF)
    else:
        chief = AgentFactory(office=case.office, role=Role.CHIEF)
        decision.decided_by, decision.decided_at = chief, case.decided_at
        CaseTask.objects.create(
            case=case, stage="signature", kind="signature", role=Role.CHIEF, office=case.office,
            assignee=chief, status=TaskStatus.DONE, done_at=case.decided_at, done_by=chief,
        )  # fmt: skip
    if case.status == CaseStatus.REFUSED:
        decision.outcome, decision.motive = Outcome.REFUSED, "not_found"
        decision.motive_label = {"fr": "Acte introuvable"}
    decision.save()
