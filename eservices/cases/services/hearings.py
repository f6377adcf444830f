"""Hearings: a day and a room, the cases called, decisions taken together, and their minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import (
    CASE_ROLES,
    Case,
    CaseTask,
    Hearing,
    HearingItem,
    HearingStatus,
    TaskStatus,
)
from eservices.cases.scope import scope
from eservices.cases.services import assigning, decisions, work
from eservices.cases.services.stages import open_task
from eservices.cases.services.transitions import record, transition
from eservices.cases.workflow import Action
from portal.accounts.models import Office, User
from portal.core.errors import PortalError
from portal.core.expressions import compile_expression
from portal.outbox.services import publish


@dataclass(frozen=True)
class Result:
    """What became of one case of a hearing; `error` says why nothing was decided."""

    item: HearingItem
    error: str = ""


def plan_hearing(
    office: Office, *, by: User, starts_at: datetime, room: str, presided_by: str = ""
) -> Hearing:
    """Plan a sitting of `office`. :raises NotAllowed, BadRequest: of another office, or in the past."""
    _require_member(office, by)
    if starts_at <= timezone.now():
        raise BadRequest(_("The hearing must be later than now."))
    return Hearing.objects.create(
        office=office, planned_by=by, starts_at=starts_at, room=room, presided_by=presided_by
    )


def enlist(case: Case, *, actor: User, hearing: Hearing, stage: str = "") -> HearingItem:
    """Put the case on the list of a hearing; applicant and witnesses are called.

    :raises BadRequest: the hearing is over, or of another office.
    """
    data: dict[str, Any] = {}
    with transition(case, Action.CONSULT, actor=actor, stage=stage, data=data) as case:
        task = open_task(case, stage, actor=actor)
        hearing = Hearing.objects.select_for_update().get(pk=hearing.pk)
        if hearing.office_id != task.office_id or hearing.status != HearingStatus.PLANNED:
            raise BadRequest(_("Choose a planned hearing of this office."))
        if task.kind != "hearing":
            raise BadRequest(_("This stage is no hearing."))
        before = HearingItem.objects.filter(task=task).select_related("hearing").first()
        if before is not None:  # moved to another day
            if before.hearing_id == hearing.pk:
                raise BadRequest(_("This request is on the list of this hearing already."))
            data["was"] = before.hearing.starts_at.isoformat()
            before.delete()
        last = hearing.items.aggregate(last=Max("position"))["last"] or 0
        item = HearingItem.objects.create(hearing=hearing, task=task, position=last + 1)
        data |= {
            "stage": task.stage,
            "hearing": hearing.starts_at.isoformat(),
            "room": hearing.room,
        }
        return item


def called(case: Case, key: str) -> list[dict[str, str]]:
    """Return who is called besides the applicant: the names and phones that the stage `key` says."""
    stage = Circuit.of(case.version.spec).find(key)
    rules = (stage.hearing or {}).get("call", []) if stage else []
    values, people = scope(case), []
    for rule in rules:
        for row in (values.get(rule["each"]) or []) if rule.get("each") else [None]:
            name, phone = (
                compile_expression(rule.get(key)).value(values, row=row)
                for key in ("name", "phone")
            )
            if name or phone:
                people.append({"name": str(name or ""), "phone": str(phone or "")})
    return people


def cancel_hearing(hearing: Hearing, *, by: User, reason: str) -> None:
    """Cancel a planned hearing; its cases wait for another day and their applicants are told why."""
    _require_member(hearing.office, by)
    if not reason.strip():
        raise BadRequest(_("Say why: the applicant reads it."))
    with transaction.atomic():
        hearing = Hearing.objects.select_for_update().get(pk=hearing.pk)
        if hearing.status != HearingStatus.PLANNED:
            raise BadRequest(_("This hearing is over."))
        hearing.status = HearingStatus.CANCELLED
        hearing.save(update_fields=["status"])
        _record_for_all(hearing, "hearing_cancelled", by=by, reason=reason)
        hearing.items.all().delete()


def move_hearing(
    hearing: Hearing, *, by: User, starts_at: datetime, room: str, reason: str
) -> None:
    """Hold a planned hearing at another moment or in another room; everybody is called anew.

    :raises NotAllowed, BadRequest: of another office; over, in the past, the same, or without a reason.
    """
    _require_member(hearing.office, by)
    if not reason.strip():
        raise BadRequest(_("Say why: the applicant reads it."))
    if starts_at <= timezone.now():
        raise BadRequest(_("The hearing must be later than now."))
    with transaction.atomic():
        hearing = Hearing.objects.select_for_update().get(pk=hearing.pk)
        if hearing.status != HearingStatus.PLANNED:
            raise BadRequest(_("This hearing is over."))
        if hearing.items.exclude(decided_at=None).exists():
            raise BadRequest(_("Some of its requests are decided: plan another hearing."))
        was = hearing.starts_at
        if (was, hearing.room) == (starts_at, room):
            raise BadRequest(_("This is the day, hour and room that it has."))
        hearing.starts_at, hearing.room = starts_at, room
        hearing.save(update_fields=["starts_at", "room"])
        _record_for_all(hearing, "hearing_moved", by=by, reason=reason, was=was.isoformat())


def _record_for_all(hearing: Hearing, action: str, *, by: User, reason: str, **more: str) -> None:
    """Keep in each file of the list what became of its hearing; its people are told from there."""
    about = {"hearing": hearing.starts_at.isoformat(), "room": hearing.room, **more}
    for item in hearing.items.select_related("task"):
        case = Case.objects.select_for_update(of=("self",)).get(pk=item.task.case_id)
        data = about | {"stage": item.task.stage}
        record(case, action, event=action, actor=by, note=reason, data=data)


def hold_hearing(
    hearing: Hearing,
    *,
    by: User,
    results: Mapping[int, Mapping[str, str]],
    present: str = "",
    remarks: str = "",
) -> list[Result]:
    """Decide the cases of a hearing together, each on its own, and close it when all are decided.

    `results` gives by item `outcome`, `reason` and `motive`. A case that cannot be decided is told
    with its reason, and the others are.
    """
    _require_member(hearing.office, by)
    found = []
    for item in hearing.items.filter(decided_at=None).select_related("task__case"):
        given = results.get(item.pk)
        if given and given.get("outcome"):
            found.append(_decide(item, by=by, given=given))
    with transaction.atomic():
        hearing = Hearing.objects.select_for_update().get(pk=hearing.pk)
        if hearing.status != HearingStatus.PLANNED:
            return found  # the minutes say what was true when it was closed
        hearing.present, hearing.remarks = present, remarks
        if not hearing.items.filter(decided_at=None).exists() and hearing.items.exists():
            hearing.status, hearing.held_by = HearingStatus.HELD, by
            hearing.held_at = timezone.now()
            publish("hearing.held", hearing_id=hearing.pk)
        hearing.save()
    return found


def _decide(item: HearingItem, *, by: User, given: Mapping[str, str]) -> Result:
    outcome, reason = given["outcome"], given.get("reason", "")
    case = item.task.case
    try:
        with transaction.atomic():
            task = item.task
            if task.status != TaskStatus.OPEN:
                raise BadRequest(_("This stage is no longer open."))
            if task.assignee_id != by.pk:
                _give(task, by)
            decisions.complete(
                case,
                actor=by,
                stage=task.stage,
                outcome=outcome,
                reason=reason,
                motive=given.get("motive", ""),
            )
            item.outcome, item.note, item.decided_at = outcome, reason, timezone.now()
            item.save(update_fields=["outcome", "note", "decided_at"])
    except PortalError as exc:
        return Result(item, str(exc))
    return Result(item)


def _give(task: CaseTask, by: User) -> None:
    """Whoever holds the hearing decides its cases, whoever had prepared them."""
    if task.assignee_id is None:
        work.take(task.case, actor=by, stage=task.stage, reason=_("Called at the hearing"))
    else:
        # By the portal: being on the list of a hearing is what gives it to who holds the hearing.
        reason = _("Called at the hearing")
        assigning.assign(task.case, to=by, actor=None, reason=reason, method=assigning.HEARING)


def _require_member(office: Office, person: User) -> None:
    if not person.office_memberships.filter(office=office, role__in=CASE_ROLES).exists():
        raise NotAllowed(_("This is another office's hearing."))
