"""Who may do what on a case. The system itself is `None`."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit
from eservices.cases.errors import NotAllowed
from eservices.cases.models import (
    CASE_ROLES,
    Case,
    CaseStatus,
    CaseTask,
    Decision,
    Delegation,
    Outcome,
    TaskStatus,
)
from eservices.cases.workflow import Action, available_actions
from eservices.catalog.circuits.model import SEEING_KINDS, STEP_PREFIX
from portal.accounts.models import OfficeMembership, Role, User

SYSTEM_ACTIONS = {
    Action.CONFIRM_PAYMENT, Action.LAPSE, Action.SILENCE, Action.ANSWER, Action.SETTLE,
    Action.UPHOLD, Action.OVERTURN, Action.RESTORE,
}  # fmt: skip
APPLICANT_ACTIONS = {Action.REPLY, Action.WITHDRAW, Action.APPEAL}
DECIDING_ACTIONS = {Action.GRANT, Action.REFUSE}
ANY_ROLE_ACTIONS = {Action.HAND_OVER, Action.TRANSFER}
STAGE_ACTIONS = {Action.COMPLETE, Action.FILL, Action.PROPOSE, Action.RETURN, *DECIDING_ACTIONS}


def may(
    actor: User | None,
    action: Action,
    case: Case,
    *,
    as_applicant: bool = False,
    stage: str = "",
    where: "Standing | None" = None,
) -> bool:
    """Tell whether `actor` may do `action` on `case`, whatever the case's status.

    `as_applicant` is true when the caller has proved by link, code or account that it acts for
    the person who filed. `stage` names one of several stages that are open at the same time.
    """
    if action in SYSTEM_ACTIONS:
        return actor is None
    if action in APPLICANT_ACTIONS:
        return as_applicant
    if actor is None:
        # An office may have its files distributed by the portal; a stage may ask for its fee.
        return action in {Action.ASSIGN, Action.BILL}
    return (where or standing(actor, case)).may(action, stage)


def require(
    actor: User | None,
    action: Action,
    case: Case,
    *,
    as_applicant: bool,
    stage: str,
    in_sitting: bool = False,
) -> User | None:
    """Return whom `actor` replaces in doing `action`, if anybody.

    `in_sitting`: a body decided, and its sitting applies what it decided. :raises NotAllowed:
    """
    where = None if actor is None else replace(standing(actor, case), in_sitting=in_sitting)
    if not may(actor, action, case, as_applicant=as_applicant, stage=stage, where=where):
        if where is not None and action in DECIDING_ACTIONS and where.waits_for_body(stage):
            raise NotAllowed(_("This file is decided in a sitting: put it on its agenda."))
        raise NotAllowed(_("You may not do this on this case, or somebody else has it."))
    absent = where.represented(stage) if where is not None else None
    return User.objects.get(pk=absent) if absent else None


@dataclass(frozen=True)
class Standing:
    """Where `actor` stands towards `case`: read once, it answers for every action."""

    actor: User
    case: Case
    roles: Set[str]  # in the office that has the case
    tasks: Sequence[CaseTask]
    places: Mapping[int, Set[str]] = field(default_factory=dict)  # roles in every office
    # By office: who is replaced today, and the roles held for that person.
    replaced: Mapping[int, Mapping[int, Set[str]]] = field(default_factory=dict)
    own_roles: Mapping[int, Set[str]] = field(default_factory=dict)
    in_sitting: bool = False  # what a body decided is being applied

    @cached_property
    def circuit(self) -> Circuit:
        return Circuit.of(self.case.version.spec)

    @property
    def open_tasks(self) -> list[CaseTask]:
        return [task for task in self.tasks if task.status == TaskStatus.OPEN]

    @property
    def open_task(self) -> CaseTask | None:
        """The open stage that concerns this person most: held, then free to take, then any."""
        return min(self.open_tasks, key=self._distance, default=None)

    def task_at(self, stage: str) -> CaseTask | None:
        """Return the open task of `stage`; without a name, the one that concerns this person."""
        if not stage:
            return self.open_task
        return next((task for task in self.open_tasks if task.stage == stage), None)

    def roles_for(self, task: CaseTask) -> Set[str]:
        own = self.roles if task.office_id == self.case.office_id else frozenset()
        return self.places.get(task.office_id, own)

    def holds(self, task: CaseTask) -> bool:
        """Whether `task` is this person's, or that of somebody replaced today."""
        if task.assignee_id is None:
            return False
        absent = self.replaced.get(task.office_id, {})
        return task.assignee_id == self.actor.pk or task.assignee_id in absent

    def fits(self, task: CaseTask) -> bool:
        """Whether this person has the role that the task asks for."""
        roles = self.roles_for(task)
        return task.role in roles or bool(task.escalated_at and Role.CHIEF in roles)

    @property
    def is_applicant(self) -> bool:
        return self.case.applicant_id == self.actor.pk

    def is_own_request(self, task: CaseTask | None) -> bool:
        """Whether the request is this person's own: he or she does only what is asked by name."""
        is_named = task is not None and task.actor_only and task.assignee_id == self.actor.pk
        return self.is_applicant and not is_named

    def may_take(self, task: CaseTask) -> bool:
        if task.actor_only:  # the person's already, who says that the work begins
            return self.case.status == CaseStatus.SUBMITTED and self.holds(task)
        if task.assignee_id is not None or not self._runs(task):
            return False
        return self.fits(task) and not self.would_sign_own_work(task)

    @property
    def has_task(self) -> bool:
        """Whether an open task is this person's."""
        return any(self.holds(task) for task in self.open_tasks)

    @property
    def has_worked(self) -> bool:
        """Whether this person did one of the stages."""
        return any(task.done_by_id == self.actor.pk for task in self.tasks)

    @property
    def is_guest(self) -> bool:
        """Whether only a stage of another office leads this person to the case."""
        return not self.roles & CASE_ROLES

    def allowed(self, stage: str = "") -> frozenset[Action]:
        """Return what this person may do on the case as it stands."""
        return frozenset(
            action
            for action in available_actions(self.case.status)
            if action not in SYSTEM_ACTIONS | APPLICANT_ACTIONS and self.may(action, stage)
        )

    def may(self, action: Action, stage: str = "") -> bool:
        if self.is_own_request(self.task_at(stage)):
            return False
        if action in ANY_ROLE_ACTIONS:
            return bool(self.roles & CASE_ROLES)
        if action == Action.REOPEN:
            return Role.CHIEF in self.roles and self.case.filed_at is not None
        if action == Action.REROUTE:
            return Role.CHIEF in self.roles and self.task_at(stage) is not None
        task = self.task_at(stage)
        if task is None:
            return False
        if action == Action.ASSIGN:
            return Role.CHIEF in self.roles_for(task) and not task.actor_only
        if action == Action.TAKE:
            return self.may_take(task)
        if action == Action.RELEASE and Role.CHIEF in self.roles_for(task):
            return task.assignee_id is not None and not task.actor_only
        if not self.holds(task) or not (self.fits(task) or task.actor_only):
            return False
        if not self._runs(task) or not self._fits_stage(action, task.stage):
            return False
        if action == Action.RELEASE:
            return not task.actor_only
        if action in DECIDING_ACTIONS and self.waits_for_body(stage):
            # What an earlier stage found inadmissible never comes before the body.
            return action == Action.REFUSE and self.is_to_be_refused
        return action not in DECIDING_ACTIONS or not self.would_sign_own_work(task)

    def waits_for_body(self, stage: str = "") -> bool:
        """Whether a body decides at the open stage, in its sitting: the e-service says so."""
        rule = self.case.version.spec.get("agenda")
        task = self.task_at(stage)
        if self.in_sitting or task is None or not isinstance(rule, Mapping):
            return False
        return bool(rule.get("stage") == task.stage)

    @property
    def is_to_be_refused(self) -> bool:
        """Whether an earlier stage proposed to refuse the case."""
        decision = getattr(self.case, "decision", None)
        return (
            decision is not None
            and decision.decided_at is None
            and decision.outcome == Outcome.REFUSED
        )

    def would_sign_own_work(self, task: CaseTask) -> bool:
        """Whoever examined a case never decides it, nor who alone has seen it (SEC-4).

        Nor does who asks, nor who decided what is contested. No service makes an exception.
        """
        if self.is_own_request(task):
            return True
        if task.stage != self.circuit.decider.key:
            return False
        return self.has_examined or self._decided_what_is_contested

    @property
    def has_examined(self) -> bool:
        """Whether this person did a review, or everything that was done before the decision."""
        done = [
            task
            for task in self.tasks
            if task.status == TaskStatus.DONE
            and task.stage != self.circuit.decider.key
            and task.kind in SEEING_KINDS
        ]
        own = [task for task in done if task.done_by_id == self.actor.pk]
        return any(task.kind == "review" for task in own) or bool(own and len(own) == len(done))

    @property
    def may_sign_anew(self) -> bool:
        """Whether a corrected act may carry this person's signature."""
        return not (self.has_examined or self.is_applicant)

    @cached_property
    def _decided_what_is_contested(self) -> bool:
        """Whether the case is an appeal against this person's own decision."""
        contested = self.case.appeal_of_id
        return (
            contested is not None
            and Decision.objects.filter(case=contested, decided_by=self.actor).exists()
        )

    def absent_at(self, task: CaseTask) -> int | None:
        """Return whom this person replaces when doing `task`; None when it is his or her own work."""
        absent = self.replaced.get(task.office_id, {})
        if task.assignee_id in absent:
            return task.assignee_id
        if task.role in self.own_roles.get(task.office_id, frozenset()):
            return None
        return next((person for person, roles in absent.items() if task.role in roles), None)

    def represented(self, stage: str = "") -> int | None:
        """Return whom this person replaces on the open task; None when nobody."""
        if not self.replaced:
            return None
        task = self.task_at(stage)
        return self.absent_at(task) if task else None

    def _runs(self, task: CaseTask) -> bool:
        """While the applicant is asked something, only the others at work at the same time go on."""
        if self.case.status != CaseStatus.AWAITING_APPLICANT:
            return True
        stage = self.circuit.find(task.stage)
        return bool(stage and stage.block) and task.stage not in self._asking

    @cached_property
    def _asking(self) -> set[str]:
        """The stages that wait for the applicant's answer or payment."""
        asked = self.case.complements.filter(answered_at=None).values_list("stage", flat=True)
        billed = self.case.orders.unpaid().values_list("task__stage", flat=True)
        return {*asked, *billed}

    def _fits_stage(self, action: Action, key: str) -> bool:
        """The last stage decides, the others propose or give their outcome."""
        stage = self.circuit.find(key)
        if stage is None or stage.kind == "delivery":
            return action not in STAGE_ACTIONS
        decides = stage is self.circuit.decider
        match action:
            case Action.GRANT | Action.REFUSE:
                return decides
            case Action.PROPOSE:
                return not decides and stage.proposes
            case Action.COMPLETE:
                return not decides and not stage.proposes and stage.amount is None
            case Action.BILL:
                return stage.amount is not None
            case Action.RETURN:
                is_first = stage is self.circuit.first
                return (decides or stage.proposes) and not is_first
            case Action.FILL:
                return bool(stage.fields)
            case Action.CONSULT:
                return bool(stage.registry or stage.outside or stage.kind == "hearing")
        return True

    def _distance(self, task: CaseTask) -> int:
        if self.holds(task):
            return 0
        if self.may_take(task):
            return 1
        return 2 if self.fits(task) else 3 if not task.is_guest else 4


def standing(
    actor: User,
    case: Case,
    tasks: Sequence[CaseTask] | None = None,
    memberships: Iterable[OfficeMembership] | None = None,
) -> Standing:
    """Return where `actor` stands towards `case`.

    `memberships` are the actor's own and those of absent colleagues; read here when not given.
    """
    found = list(case.tasks.all()) if tasks is None else tasks
    if memberships is None:
        memberships = Delegation.objects.memberships_today(actor, timezone.now())
    places: dict[int, set[str]] = {}
    own: dict[int, set[str]] = {}
    replaced: dict[int, dict[int, set[str]]] = {}
    for row in memberships:
        # Who replaces a chief is a chief for the time, in that office only.
        places.setdefault(row.office_id, set()).add(row.role)
        if row.user_id == actor.pk:
            own.setdefault(row.office_id, set()).add(row.role)
        else:
            held = replaced.setdefault(row.office_id, {})
            held.setdefault(row.user_id, set()).add(row.role)
    return Standing(actor, case, places.get(case.office_id, set()), found, places, replaced, own)


def step_of(stage: str) -> str:
    """Return the key of the step that asks the questions of `stage`."""
    return STEP_PREFIX + stage


def may_receive(person: User, case: Case) -> bool:
    """Tell whether the open task of `case` may be given to `person`."""
    where = standing(person, case)
    task = where.open_task
    return task is not None and where.fits(task) and not where.would_sign_own_work(task)
