"""The stages of a case and its clock; to be called inside a transition."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases import actors, clock, policies, routing
from eservices.cases.circuit import Stage
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseTask, TaskStatus, TaskTimer
from eservices.cases.scope import scope
from eservices.cases.services.guests import kept_of
from eservices.cases.services.transitions import record
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.payments import services as payments
from eservices.payments.errors import AlreadyPaid
from portal.accounts.models import Office, User
from portal.outbox.services import publish


def open_task(case: Case, stage: str = "", *, actor: User | None = None) -> CaseTask:
    """Return the open task of `stage`; without a name, the one that concerns `actor` most."""
    tasks = list(case.tasks.filter(status=TaskStatus.OPEN))
    if stage:
        tasks = [task for task in tasks if task.stage == stage]
    elif actor is not None and len(tasks) > 1:
        nearest = policies.standing(actor, case).open_task
        tasks = [nearest] if nearest else []
    if not tasks:
        raise BadRequest(_("There is nothing to do on this case."))
    return tasks[0]


def open_stage(
    case: Case, stage: Stage, *, assignee: User | None = None, before: int | None = None
) -> CaseTask:
    """Ask `stage` of its office; `before` is the office that had the case until now.

    A stage that nobody can do is opened all the same, marked with its problem: the repair list
    shows it, and nothing is lost.
    """
    values = scope(case)
    office, person, problem = _who(case, stage, values)
    task = CaseTask.objects.create(
        case=case,
        **kept_of(case),
        stage=stage.key,
        kind=stage.kind,
        role=stage.role,
        office=office,
        is_guest=office.pk != case.office_id,
        assignee=person or assignee,
        actor_only=person is not None,
        problem=problem,
        due_at=_span_end(office, timezone.now(), stage.deadline) if stage.deadline else None,
    )
    _start_timers(task, stage, office, values)
    if (stage.outside or stage.kind == "payment") and not problem:
        publish("stage.opened", task_id=task.pk)
    if not problem and before is not None and office.pk != before:
        _record_passage(case, stage, office)
    return task


def _who(case: Case, stage: Stage, values: Mapping[str, Any]) -> tuple[Office, User | None, str]:
    """Return the office, the person if the stage names one, and why nobody can do it."""
    if stage.actor is not None:
        found = actors.named(case, stage.actor, values, stage.role)
        if found and not routing.keeps_apart(case.office, found[1]):
            return case.office, None, ""  # an exercise is nobody's real work
        return (found[1], found[0], "") if found else (case.office, None, "no_person")
    office = routing.stage_office(case.office, stage, values)
    if office is None:
        return case.office, None, "no_office"
    return office, None, "" if office.is_active else "office_closed"


def _record_passage(case: Case, stage: Stage, office: Office) -> None:
    """The applicant sees which office has the request now (COM-5)."""
    titles = stage.title if isinstance(stage.title, Mapping) else {"fr": stage.title_in("fr")}
    record(
        case,
        "forward",
        event="forwarded",
        data={
            "office": dict(office.name),
            "stage": stage.key,
            "title": dict(titles),
            "tell": not stage.block,
        },
    )


def finish_task(
    case: Case, *, actor: User | None, outcome: str, note: str = "", stage: str = ""
) -> CaseTask:
    task = open_task(case, stage, actor=actor)
    task.status, task.outcome, task.note = TaskStatus.DONE, outcome, note
    if actor is not None:
        task.done_for_id = policies.standing(actor, case).absent_at(task)
        task.signed_as = actor.function_in(task.office_id, task.role)
    task.done_at, task.done_by = timezone.now(), actor
    task.save()
    case.assignee = None
    return task


def cancel_open(
    case: Case, *, actor: User | None = None, keep: frozenset[str] = frozenset()
) -> None:
    """Close what is still open, as not needed any more; what it asked to be paid is not owed."""
    tasks = case.tasks.filter(status=TaskStatus.OPEN).exclude(stage__in=keep)
    asked = case.orders.unpaid().filter(task__in=tasks).select_related("payment")
    for order in asked:
        # Paid at this very instant: the money is kept, and counts if the stage opens again.
        with suppress(AlreadyPaid):
            payments.cancel(order.payment)
    ended = {"status": TaskStatus.CANCELLED, "done_at": timezone.now(), "done_by": actor}
    tasks.update(**ended)
    if asked:
        resume_clock(case)


# --- What a stage asks of agents ------------------------------------------------------------------
def store(case: Case, task: CaseTask, values: Mapping[str, Any]) -> None:
    """Keep the answers to the stage's own questions, for conditions, documents and later agents."""
    form = catalog.desk_form(case.version)
    step = form.step_by_key.get(policies.step_of(task.stage))
    known = {field.key for field in step.fields} if step else set()
    if extra := set(values) - known:
        raise BadRequest(_("This stage does not ask that."), keys=sorted(extra))
    task.data = {**task.data, **values}
    facts = {key: value for key, value in {**case.facts, **values}.items() if value is not None}
    worked_out = engine.computed(form, {**case.answers, **facts})
    for key in known:
        if worked_out.get(key) is None:
            facts.pop(key, None)
        else:
            facts[key] = worked_out[key]
    case.facts = facts
    task.save(update_fields=["data"])


def faults(case: Case, stage: str) -> dict[str, list[str]]:
    """Return what is wrong with the answers to the questions of `stage`, by path."""
    form = catalog.desk_form(case.version)
    step = form.step_by_key.get(policies.step_of(stage))
    if step is None:
        return {}
    known = {field.key for field in step.fields}
    found = engine.check(form, {**case.answers, **case.facts})
    return {path: texts for path, texts in found.items() if path.partition(".")[0] in known}


def require_complete(case: Case, stage: str) -> None:
    """:raises BadRequest: while a question of the stage has no valid answer."""
    if wrong := faults(case, stage):
        form = catalog.desk_form(case.version)
        labels = ", ".join(dict.fromkeys(engine.label_of(form, path) for path in wrong))
        raise BadRequest(
            _("Before leaving this stage, answer: %(labels)s.") % {"labels": labels},
            fields=sorted(wrong),
        )


# --- The clock ------------------------------------------------------------------------------------
def start_clock(case: Case) -> None:
    case.filed_at = timezone.now()
    case.due_at = clock.due_at(case.version.spec, case.office, case.filed_at)


def owes(case: Case) -> bool:
    """Tell whether the applicant has a correction to send or an order to pay."""
    return case.complements.filter(answered_at=None).exists() or case.orders.unpaid().exists()


def resume_clock(case: Case) -> None:
    """Give back what was left when the clock stopped, to the case and to its open stages.

    It stands still as long as the applicant owes an answer or a payment.
    """
    now: datetime = timezone.now()
    paused_at = case.paused_at
    if paused_at is None or owes(case):
        return
    if case.due_at:
        case.due_at = clock.resumed_due_at(
            case.version.spec, case.office, due_at=case.due_at, paused_at=paused_at, now=now
        )
    case.paused_at = None
    lost: timedelta = now - paused_at
    for task in case.tasks.filter(status=TaskStatus.OPEN):
        if task.due_at and task.due_at > paused_at:
            task.due_at += lost
            task.save(update_fields=["due_at"])
        for timer in task.timers.filter(fired_at=None, due_at__gt=paused_at):
            timer.due_at += lost
            timer.save(update_fields=["due_at"])


def _start_timers(task: CaseTask, stage: Stage, office: Office, values: Mapping[str, Any]) -> None:
    TaskTimer.objects.bulk_create(
        TaskTimer(
            task=task,
            number=number,
            do=timer.do,
            due_at=clock.timer_due_at(timer, office, task.opened_at, values),
        )
        for number, timer in enumerate(stage.timers)
    )


def _span_end(office: Office, start: datetime, span: Mapping[str, int]) -> datetime:
    end = clock.due_at({"delay": span}, office, start)
    assert end is not None
    return end
