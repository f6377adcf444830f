"""Who may do what on a case. The system itself is `None`."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from eservices.cases.circuit import Circuit
from eservices.cases.models import CASE_ROLES, Case, CaseTask, TaskStatus
from eservices.cases.workflow import Action, available_actions
from portal.accounts.models import Role, User

SYSTEM_ACTIONS = {Action.CONFIRM_PAYMENT}
APPLICANT_ACTIONS = {Action.REPLY, Action.WITHDRAW}
DECIDING_ACTIONS = {Action.GRANT, Action.REFUSE}
ANY_ROLE_ACTIONS = {Action.HAND_OVER, Action.TRANSFER}


def may(actor: User | None, action: Action, case: Case, *, as_applicant: bool = False) -> bool:
    """Tell whether `actor` may do `action` on `case`, whatever the case's status.

    `as_applicant` is true when the caller has proved by link, code or account that it acts for
    the person who filed.
    """
    if action in SYSTEM_ACTIONS:
        return actor is None
    if action in APPLICANT_ACTIONS:
        return as_applicant
    if actor is None:
        return action == Action.ASSIGN  # an office may have its files distributed by the portal
    return _agent_may(action, standing(actor, case))


@dataclass(frozen=True)
class Standing:
    """Where `actor` stands towards `case`: read once, it answers for every action."""

    actor: User
    case: Case
    roles: Set[str]  # in the office that has the case
    tasks: Sequence[CaseTask]

    @property
    def open_task(self) -> CaseTask | None:
        return next((task for task in self.tasks if task.status == TaskStatus.OPEN), None)

    @property
    def has_task(self) -> bool:
        """Whether the open task is this person's."""
        return self.open_task is not None and self.open_task.assignee_id == self.actor.pk

    @property
    def has_worked(self) -> bool:
        """Whether this person did one of the stages."""
        return any(task.done_by_id == self.actor.pk for task in self.tasks)

    def allowed(self) -> frozenset[Action]:
        """Return what this person may do on the case as it stands."""
        return frozenset(
            action for action in available_actions(self.case.status) if _agent_may(action, self)
        )


def standing(actor: User, case: Case) -> Standing:
    return Standing(actor, case, roles_in_office(actor, case), list(case.tasks.all()))


def roles_in_office(actor: User, case: Case) -> set[str]:
    return set(
        actor.office_memberships.filter(office_id=case.office_id).values_list("role", flat=True)
    )


def may_receive(person: User, case: Case) -> bool:
    """Tell whether the open task of `case` may be given to `person`."""
    where = standing(person, case)
    task = where.open_task
    return task is not None and task.role in where.roles and not _would_sign_own_work(where)


def _agent_may(action: Action, standing: Standing) -> bool:
    if action in SYSTEM_ACTIONS | APPLICANT_ACTIONS:
        return False
    if action in ANY_ROLE_ACTIONS:
        return bool(standing.roles & CASE_ROLES)
    task = standing.open_task
    if task is None:
        return False
    if action == Action.ASSIGN:
        return Role.CHIEF in standing.roles
    if action == Action.RELEASE and Role.CHIEF in standing.roles:
        return task.assignee_id is not None
    if task.role not in standing.roles:
        return False
    if action == Action.TAKE:
        return task.assignee_id is None and not _would_sign_own_work(standing)
    if not standing.has_task or not _fits_stage(action, standing.case, task.stage):
        return False
    return action not in DECIDING_ACTIONS or not _would_sign_own_work(standing)


def _fits_stage(action: Action, case: Case, stage: str) -> bool:
    """The last stage decides, the others propose; all but the first may send back."""
    circuit = Circuit.of(case.version.spec)
    is_last = circuit.after(stage) is None
    if action in DECIDING_ACTIONS:
        return is_last
    if action == Action.PROPOSE:
        return not is_last
    return action != Action.RETURN or stage != circuit.first.key


def _would_sign_own_work(standing: Standing) -> bool:
    """Whoever instructed a case does not sign it, unless the service says so (SEC-4)."""
    task = standing.open_task
    if task is None or task.kind != "signature":
        return False
    if Circuit.of(standing.case.version.spec).same_person:
        return False
    return any(
        done.kind == "review" and done.status == TaskStatus.DONE
        for done in standing.tasks
        if done.done_by_id == standing.actor.pk
    )
