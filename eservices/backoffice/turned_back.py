"""Why a case is examined again: sent back, opened again, adjourned."""

from collections.abc import Iterable
from dataclasses import dataclass

from eservices.cases.models import Case, CaseEvent, CaseTask, TaskStatus
from portal.accounts.models import User

LEADS_ON = {"complete", "propose", "answer", "silence"}


@dataclass(frozen=True)
class TurnedBack:
    """The act that turned the case back, who did it, and what was said."""

    action: str
    actor: User | None
    note: str


def of(case: Case, tasks: Iterable[CaseTask]) -> TurnedBack | None:
    """Return the last word that turned the case back, until the stage that it names is done again."""
    if all(task.counts for task in tasks):
        return None
    kinds = {"reopen", "step_back", "return", *LEADS_ON}
    events = list(case.events.filter(action__in=kinds).select_related("actor"))
    open_now = {task.stage for task in tasks if task.status == TaskStatus.OPEN}
    before: CaseEvent | None = None
    found: TurnedBack | None = None
    for event in events:
        if event.action == "reopen":
            found = TurnedBack("reopen", event.actor, event.note)
        elif event.action == "step_back" and event.data.get("stage") in open_now:
            found = TurnedBack("return", before.actor if before else None, event.note)
        elif event.action in LEADS_ON and found is not None and found.action == "reopen":
            found = None
        before = event
    return found
