"""The guided exercise "handle a simple request": its steps, checked on what was really done."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import CASE_ROLES, Case, CaseStatus
from eservices.casework import training
from eservices.casework.errors import NotTraining
from eservices.casework.models import Exercise
from portal.accounts.models import Office, User

SIMPLE = "simple"
STEPS: dict[str, tuple[Promise, Promise]] = {
    "read": (_("Open the file"), _("Read the answers from top to bottom.")),
    "pieces": (
        _("Look at every piece"),
        _("Click each piece: is it readable, is it the right person, is it valid?"),
    ),
    "take": (_("Take the request"), _("Press “Take”: the request is yours until you pass it on.")),
    "order": (
        _("Look before you decide"),
        _("The pieces are looked at before anything is proposed."),
    ),
    "propose": (
        _("Propose to grant"),
        _(
            "Nothing is wrong here: press “Fill in this stage” or “Propose a decision”, and propose to grant. The chief signs."
        ),
    ),
}

JUDGED = "order"  # seen when the decision is proposed: nobody can do it as a step of its own


@dataclass(frozen=True)
class Step:
    title: str
    hint: str
    is_done: bool
    is_next: bool


def office_of(user: User) -> Office | None:
    """Return the training office where `user` works on files."""
    rows = user.office_memberships.filter(role__in=CASE_ROLES).values("office")
    return Office.objects.filter(pk__in=rows, is_training=True).first()


@transaction.atomic
def begin(user: User) -> Exercise:
    """Start the exercise on a case that waits; the one already begun goes on.

    An office where nothing was ever practised gets its ready cases first.

    :raises NotTraining: nothing is ready, or this person has no training office.
    """
    going = Exercise.objects.filter(agent=user, name=SIMPLE, finished_at=None).first()
    if going is not None and going.case_id is not None:
        return going
    if going is not None:  # the training was reset meanwhile
        _close(going)
    office = office_of(user)
    if office is not None and not Case.objects.filter(office=office).exists():
        training.reset(office)
    waiting = Case.objects.filter(office=office, status=CaseStatus.SUBMITTED, assignee=None)
    used = Exercise.objects.filter(case__isnull=False).values("case")
    case = waiting.exclude(pk__in=used).oldest_first().first() if office else None
    if office is None or case is None:
        raise NotTraining(
            str(_("No request is ready to practise on. Ask for the training to be reset."))
        )
    return Exercise.objects.create(
        agent=user, office=office, name=SIMPLE, case=case, reference=case.reference
    )


def look(exercise: Exercise) -> list[Step]:
    """Return the steps with what is done so far; the exercise ends with its last step."""
    if exercise.finished_at is None:
        done = _done(exercise)
        if done != exercise.steps or done["propose"]:
            _keep(exercise, done)
    to_do = (name for name in STEPS if name != JUDGED and not exercise.steps.get(name))
    first = next(to_do, "")
    return [
        Step(str(title), str(hint), bool(exercise.steps.get(name)), name == first)
        for name, (title, hint) in STEPS.items()
    ]


def give_up(exercise: Exercise) -> None:
    """End an exercise whose case is gone, or that somebody does not want to finish."""
    _close(exercise)


def current(user: User) -> Exercise | None:
    rows = Exercise.objects.filter(agent=user, name=SIMPLE, finished_at=None)
    return rows.select_related("case").first()


def just_finished(user: User) -> Exercise | None:
    """Return the last try when it is over and no other has begun."""
    return Exercise.objects.filter(agent=user, name=SIMPLE).exclude(finished_at=None).first()


def step_on(case: Case, user: User) -> Step | None:
    """Return the next step of the exercise that `user` does on this case, if there is one."""
    exercise = current(user)
    if exercise is None or exercise.case_id != case.pk:
        return None
    return next((step for step in look(exercise) if step.is_next), None)


def finished_on(case: Case, user: User) -> Exercise | None:
    """Return the last try of `user` when it was on this case and is over."""
    last = Exercise.objects.filter(agent=user, name=SIMPLE).first()
    return last if last and last.finished_at and last.case_id == case.pk else None


def results(office: Office, user: User | None = None) -> list[Exercise]:
    """Return what was finished in this office, the last first; of one person if given."""
    rows = Exercise.objects.filter(office=office, finished_at__isnull=False)
    rows = rows.filter(agent=user) if user else rows
    return list(rows.select_related("agent")[:100])


def _done(exercise: Exercise) -> dict[str, bool]:
    case, agent = exercise.case, exercise.agent
    if case is None:
        return dict.fromkeys(STEPS, False) | exercise.steps
    readings = case.readings.filter(reader=agent, at__gte=exercise.started_at)
    read: dict[str, datetime] = {}
    for what, at in readings.order_by("at").values_list("what", "at"):
        read.setdefault(what, at)
    names = set(attachments.for_owner(cases.attachment_owner(case)).values_list("name", flat=True))
    done_here = case.events.filter(actor=agent, at__gte=exercise.started_at)
    events = dict(done_here.order_by("at").values_list("action", "at"))
    # A stage with questions of its own is completed; one without proposes; a single one grants.
    proposed = next(
        (events[act] for act in ("propose", "complete", "grant") if act in events), None
    )
    looked = names <= set(read)
    decision = getattr(case, "decision", None)
    return {
        "read": "case" in read,
        "pieces": looked,
        "take": "take" in events,
        "order": bool(
            proposed and looked and all(read[name] < proposed for name in names)
        ),
        "propose": bool(proposed and decision and decision.outcome == "granted"),
    }  # fmt: skip


def _keep(exercise: Exercise, done: dict[str, bool]) -> None:
    exercise.steps = done
    exercise.save(update_fields=["steps"])
    if done["propose"]:
        _close(exercise)


def _close(exercise: Exercise) -> None:
    exercise.finished_at = timezone.now()
    exercise.score = round(100 * sum(map(bool, exercise.steps.values())) / len(STEPS))
    exercise.save(update_fields=["finished_at", "score"])
