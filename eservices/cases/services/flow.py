"""How a case goes from stage to stage: on, several ways at once, back; inside a transition only.

The case is locked all the while: of two branches that finish at the same instant, the second sees
the first, and the join fires once.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.cases import holding
from eservices.cases.circuit import Block, Circuit, Stage
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case, CaseTask, TaskStatus
from eservices.cases.scope import scope
from eservices.cases.services.stages import cancel_open, open_stage
from eservices.cases.services.transitions import record
from portal.accounts.models import User
from portal.core.expressions import truthy


def start(case: Case) -> None:
    """Open the first stage that these answers call for."""
    _enter(case, 0, before=None)


def advance(case: Case, done: CaseTask) -> None:
    """Open what follows `done`; at a join, nothing until enough branches are finished."""
    holding.happened(case, f"stage:{done.stage}", actor=done.done_by)
    circuit = _circuit(case)
    stage = _stage(circuit, done.stage)
    if stage.block:
        block = circuit.block(stage.block)
        branch = block.branches[stage.branch]
        following = _next_in(case, branch[branch.index(stage) + 1 :])
        if following is not None:
            open_stage(case, following, before=done.office_id)
            return sync(case)
        if len(_finished(case, block)) < block.wanted(len(_shown(case, block))):
            return sync(case)
        cancel_open(case)
    return _enter(case, circuit.position(done.stage) + 1, before=done.office_id)


def repeat(case: Case, done: CaseTask, *, reason: str) -> None:
    """Do the same stage again, such as a hearing that was adjourned."""
    CaseTask.objects.filter(pk=done.pk).update(counts=False)
    stage = _stage(_circuit(case), done.stage)
    open_stage(case, stage, assignee=done.done_by, before=done.office_id)
    _record_back(case, stage, reason, again=True)
    sync(case)


def go_back(case: Case, target: Stage, *, source: str, reason: str) -> None:
    """Return to an earlier stage, done again by who did it; the applicant is told why.

    Within its own branch the others go on; otherwise what was open is closed. Branches that had
    finished need not work again, unless the block says so.
    """
    circuit = _circuit(case)
    here = _stage(circuit, source)
    done = case.tasks.filter(stage=target.key, status=TaskStatus.DONE)
    previous = done.select_related("done_by").order_by("-pk").first()
    before = case.tasks.filter(stage=source).order_by("-pk").values_list("office_id").first()
    if here.block and here.block == target.block:
        branch = circuit.block(here.block).branches[here.branch]
        _void(case, [one.key for one in branch[branch.index(target) :]])
    else:
        cancel_open(case)
        _void(case, _after(case, circuit, target))
    open_stage(case, target, assignee=_still_there(previous), before=before[0] if before else None)
    _record_back(case, target, reason)
    sync(case)


def jump_to_decision(case: Case, *, before: int | None) -> None:
    """Leave out what remains: somebody proposed to refuse, who signs decides."""
    cancel_open(case)
    open_stage(case, _circuit(case).decider, before=before)
    sync(case)


def sync(case: Case) -> None:
    """Write on the case what lists show of its stages: where it is, and who has it."""
    tasks = list(case.tasks.filter(status=TaskStatus.OPEN).select_related("assignee"))
    if not tasks:
        return
    circuit = _circuit(case)
    stage = _stage(circuit, tasks[0].stage)
    own = [task for task in tasks if not task.is_guest]
    holder: User | None = own[0].assignee if own and all(one.assignee_id for one in own) else None
    case.stage, case.assignee = stage.block or stage.key, holder
    case.asks_elsewhere = len(own) < len(tasks)
    Case.objects.filter(pk=case.pk).update(
        stage=case.stage, assignee=holder, asks_elsewhere=case.asks_elsewhere
    )


# --- Inside ---------------------------------------------------------------------------------------
def _still_there(task: CaseTask | None) -> User | None:
    """Return who did `task` if that person still works in its office."""
    if task is None or task.done_by is None:
        return None
    works = task.done_by.office_memberships.filter(office=task.office_id).exists()
    return task.done_by if works else None


def _enter(case: Case, position: int, *, before: int | None) -> None:
    """Open the first node from `position` whose condition holds."""
    circuit, values = _circuit(case), scope(case)
    for node in circuit.nodes[position:]:
        if isinstance(node, Block):
            if _open_block(case, node, before):
                return sync(case)
        elif node.kind != "delivery" and truthy(node.show_if, values):
            open_stage(case, node, before=before)
            return sync(case)
    raise BadRequest(_("No stage follows this one. Tell the administrator of the service."))


def _open_block(case: Case, block: Block, before: int | None) -> bool:
    """Open every branch that is called for and not finished; tell whether there is work to wait for."""
    shown = _shown(case, block)
    finished = _finished(case, block)
    if not shown or len(finished) >= block.wanted(len(shown)):
        return False
    for number in shown:
        if number not in finished:
            first = _next_in(case, block.branches[number])
            assert first is not None
            open_stage(case, first, before=before)
    return True


def _shown(case: Case, block: Block) -> list[int]:
    """Return the branches with at least one stage that these answers call for."""
    return [
        number for number, branch in enumerate(block.branches) if _next_in(case, branch) is not None
    ]


def _finished(case: Case, block: Block) -> set[int]:
    """Return the branches whose last stage is done."""
    done = set(
        case.tasks.filter(status=TaskStatus.DONE, counts=True).values_list("stage", flat=True)
    )
    values = scope(case)
    ends = {
        number: [stage.key for stage in branch if truthy(stage.show_if, values)]
        for number, branch in enumerate(block.branches)
    }
    return {number for number, keys in ends.items() if keys and keys[-1] in done}


def _next_in(case: Case, stages: tuple[Stage, ...]) -> Stage | None:
    values = scope(case)
    return next((stage for stage in stages if truthy(stage.show_if, values)), None)


def _after(case: Case, circuit: Circuit, target: Stage) -> list[str]:
    """Return the stages whose work is void after a step back to `target`."""
    keys: list[str] = []
    start = circuit.position(target.key)
    for position, node in enumerate(circuit.nodes[start:], start):
        if not isinstance(node, Block):
            keys.append(node.key)
            continue
        kept = set() if node.again == "all" else _finished(case, node)
        if position == start:  # the way back leads into this block: only that branch works again
            kept = set(range(len(node.branches))) - {target.branch}
        keys += [
            stage.key
            for number, branch in enumerate(node.branches)
            if number not in kept
            for stage in branch
        ]
    return keys


def _void(case: Case, keys: list[str]) -> None:
    case.tasks.filter(stage__in=keys, status=TaskStatus.DONE).update(counts=False)


def _record_back(case: Case, target: Stage, reason: str, *, again: bool = False) -> None:
    title: Mapping[str, Any] = (
        target.title if isinstance(target.title, Mapping) else {"fr": target.title_in("fr")}
    )
    data: dict[str, Any] = {"stage": target.key, "title": dict(title)}
    if again:
        data["again"] = True
    record(case, "step_back", event="stepped_back", note=reason, data=data)


def _circuit(case: Case) -> Circuit:
    return Circuit.of(case.version.spec)


def _stage(circuit: Circuit, key: str) -> Stage:
    stage = circuit.find(key)
    assert stage is not None, key
    return stage
