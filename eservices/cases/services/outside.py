"""The opinion of somebody without an account, by a secret link that works once (a chief of quarter)."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit, Stage, StageOutcome
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseTask, OutsideRequest, TaskStatus
from eservices.cases.scope import scope
from eservices.cases.services import decisions
from eservices.cases.services.stages import open_task
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from portal.accounts.models import User
from portal.core.expressions import evaluate
from portal.notifications.services import notify


def ask_outside(
    case: Case, *, actor: User, name: str, phone: str = "", email: str = "", stage: str = ""
) -> OutsideRequest:
    """Send the question of a stage to an outside person. A new link replaces the one before.

    :raises BadRequest: without a way to reach the person, or when the stage asks nobody outside.
    """
    data: dict[str, Any] = {"name": name}
    with transition(
        case, Action.CONSULT, actor=actor, stage=stage, is_public=False, data=data
    ) as case:
        task = open_task(case, stage, actor=actor)
        data["stage"] = task.stage
        return send(case, task, name=name, phone=phone, email=email, by=actor)


def send(
    case: Case, task: CaseTask, *, name: str, phone: str, email: str = "", by: User | None = None
) -> OutsideRequest:
    """Make a link and tell it; inside a transition."""
    stage = Circuit.of(case.version.spec).find(task.stage)
    if stage is None or stage.outside is None:
        raise BadRequest(_("This stage asks nobody outside the administration."))
    if not (phone or email):
        raise BadRequest(_("Give a telephone number or an e-mail address."))
    now, token = timezone.now(), secrets.token_urlsafe(18)
    task.asked_outside.unanswered().update(cancelled_at=now)
    asked = OutsideRequest.objects.create(
        task=task,
        name=name,
        phone=phone,
        email=email,
        token_sha256=digest(token),
        sent_by=by,
        expires_at=now + timedelta(days=stage.outside["days"]),
    )
    notify(
        "stage.outside",
        to_phone=phone,
        to_email=email,
        language=str(stage.outside.get("language", case.language)),
        context={
            "office": task.office.name,
            "subject": stage.title,
            "url": settings.BASE_URL + reverse("opinion", args=[token]),
            "until": asked.expires_at,
            "time_zone": task.office.time_zone,
        },
        key=f"stage.outside:{asked.pk}",
        is_training=case.office.practises,
    )
    return asked


def send_at_once(task_id: int) -> OutsideRequest | None:
    """Ask the outside person whom the answers name, if they do; else an agent will. Once."""
    with transaction.atomic():
        task = CaseTask.objects.select_related("case__version", "office").get(pk=task_id)
        case = Case.objects.select_for_update(of=("self",)).get(pk=task.case_id)
        stage = Circuit.of(task.case.version.spec).find(task.stage)
        is_over = task.status != TaskStatus.OPEN or task.asked_outside.exists()
        if stage is None or stage.outside is None or is_over:
            return None
        values = scope(case)
        name, phone = (evaluate(stage.outside.get(key), values) for key in ("name", "phone"))
        if not (isinstance(phone, str) and phone):
            return None
        return send(case, task, name=str(name or ""), phone=phone)


def find(token: str) -> OutsideRequest | None:
    """Return the question that this link opens while it can be answered; None otherwise."""
    return (
        OutsideRequest.objects.answerable()
        .select_related("task__case__version", "task__case__eservice", "task__office")
        .filter(token_sha256=digest(token))
        .first()
    )


def expired(token: str) -> OutsideRequest | None:
    """Return the question that this link asked in vain: nobody answered in time, and it is still open."""
    late = OutsideRequest.objects.unanswered()
    return late.select_related("task__office").filter(token_sha256=digest(token)).first()


def outcomes(asked: OutsideRequest) -> list[StageOutcome]:
    """Return what the person may answer: the outcomes that lead on."""
    return [one for one in stage_of(asked).outcomes if not one.goes_back and not one.needs_motive]


def stage_of(asked: OutsideRequest) -> Stage:
    stage = Circuit.of(asked.task.case.version.spec).find(asked.task.stage)
    assert stage is not None
    return stage


def answer_outside(asked: OutsideRequest, *, outcome: str, comment: str = "") -> None:
    """Take the answer, once; the stage ends with it.

    :raises BadRequest: the link was used, or the answer is not one of those offered.
    """
    case = asked.task.case
    data: dict[str, Any] = {"stage": asked.task.stage, "outcome": outcome, "name": asked.name}
    with transition(
        case, Action.ANSWER, stage=asked.task.stage, note=comment, is_public=False, data=data
    ) as case:
        # The case is locked: of two clicks, the second finds the question answered.
        row = OutsideRequest.objects.answerable().filter(pk=asked.pk).first()
        if row is None:
            raise BadRequest(_("This question is answered already, or the link has expired."))
        choice = next((one for one in outcomes(row) if one.key == outcome), None)
        if choice is None:
            raise BadRequest(_("Choose an answer."))
        row.answered_at, row.outcome, row.comment = timezone.now(), outcome, comment
        row.save(update_fields=["answered_at", "outcome", "comment"])
        decisions.leave(case, row.task, choice, actor=None, reason=comment)


def note_opening(asked: OutsideRequest) -> None:
    """Record that the link was opened, the first time."""
    OutsideRequest.objects.filter(pk=asked.pk, opened_at=None).update(opened_at=timezone.now())


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
