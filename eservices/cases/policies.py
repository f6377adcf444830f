"""Who may do what on a case. The system itself is `None`."""

from eservices.cases.circuit import Circuit
from eservices.cases.models import Case, TaskStatus
from eservices.cases.workflow import Action
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
        return False
    roles = roles_in_office(actor, case)
    if action in ANY_ROLE_ACTIONS:
        return bool(roles & {Role.AGENT, Role.CHIEF})
    return _may_work(actor, action, case, roles)


def roles_in_office(actor: User, case: Case) -> set[str]:
    return set(
        actor.office_memberships.filter(office_id=case.office_id).values_list("role", flat=True)
    )


def _may_work(actor: User, action: Action, case: Case, roles: set[str]) -> bool:
    task = case.tasks.filter(status=TaskStatus.OPEN).first()
    if task is None:
        return False
    if action == Action.RELEASE and Role.CHIEF in roles:
        return True
    if task.role not in roles:
        return False
    if action == Action.TAKE:
        return task.assignee_id is None and not _would_sign_own_work(actor, case, task.kind)
    if task.assignee_id != actor.pk or not _fits_stage(action, case, task.stage):
        return False
    return action not in DECIDING_ACTIONS or not _would_sign_own_work(actor, case, task.kind)


def _fits_stage(action: Action, case: Case, stage: str) -> bool:
    """The last stage decides, the others propose; all but the first may send back."""
    circuit = Circuit.of(case.version.spec)
    is_last = circuit.after(stage) is None
    if action in DECIDING_ACTIONS:
        return is_last
    if action == Action.PROPOSE:
        return not is_last
    return action != Action.RETURN or stage != circuit.first.key


def _would_sign_own_work(actor: User, case: Case, kind: str) -> bool:
    """Whoever instructed a case does not sign it, unless the service says so (SEC-4)."""
    if kind != "signature" or Circuit.of(case.version.spec).same_person:
        return False
    return case.tasks.filter(kind="review", status=TaskStatus.DONE, done_by=actor).exists()
