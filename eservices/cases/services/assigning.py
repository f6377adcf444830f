"""Giving a case to somebody: by a chief with a motive, or by the portal that distributes."""

from django.utils.translation import gettext as _

from eservices.cases import policies
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, TaskStatus
from eservices.cases.services import flow
from eservices.cases.services.stages import open_task
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from portal.accounts.models import User

HEARING = "hearing"  # how a case is given to whoever holds the hearing that decides it


def assign(case: Case, *, to: User, actor: User | None, reason: str, method: str = "chief") -> None:
    """Make the open task `to`'s, whoever had it; both and the motive stay in the history.

    `actor` is a chief, or None when the portal distributes, which takes nothing from anybody;
    `method` says how `to` was chosen.
    :raises BadRequest: without a motive, or when `to` may not do this stage.
    """
    if not reason.strip():
        raise BadRequest(_("Say why you give this request to this person."))
    data: dict[str, object] = {"to": to.pk, "method": method}
    with transition(
        case, Action.ASSIGN, actor=actor, note=reason, is_public=False, data=data
    ) as case:
        task = open_task(case, actor=to)
        if task.assignee_id == to.pk:
            raise BadRequest(_("This person already has this request."))
        if not policies.may_receive(to, case):
            raise BadRequest(_("This person may not do this stage of the request."))
        if task.assignee_id and actor is None and method != HEARING:
            raise BadRequest(_("Somebody else has this request already."))
        data["from"] = task.assignee_id
        case.tasks.filter(pk=task.pk, status=TaskStatus.OPEN).update(assignee=to)
        flow.sync(case)
