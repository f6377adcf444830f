"""The life of a case: which action leads where. Nothing else changes a status.

An applicant may owe an answer and a payment at the same time. Between `in_review` and
`awaiting_applicant` the clock of the case therefore has the last word (services/transitions.py):
it stands still as long as something is owed.
"""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from eservices.cases.errors import TransitionNotAllowed
from eservices.cases.models import CaseStatus
from eservices.cases.models import CaseStatus as S


class Action(StrEnum):
    CONFIRM_PAYMENT = "confirm_payment"
    TAKE = "take"
    RELEASE = "release"
    ASSIGN = "assign"
    FILL = "fill"
    ASK = "ask"
    REPLY = "reply"
    BILL = "bill"
    SETTLE = "settle"
    LAPSE = "lapse"
    COMPLETE = "complete"
    CONSULT = "consult"
    ANSWER = "answer"
    REROUTE = "reroute"
    SILENCE = "silence"
    PROPOSE = "propose"
    RETURN = "return"
    GRANT = "grant"
    REFUSE = "refuse"
    TRANSFER = "transfer"
    HAND_OVER = "hand_over"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    APPEAL = "appeal"
    UPHOLD = "uphold"
    OVERTURN = "overturn"
    RESTORE = "restore"


@dataclass(frozen=True)
class Transition:
    """`target` is where the action leads; from a status in `stays` the case does not move."""

    sources: Set[str]
    target: S
    event: str
    stays: Set[str] = frozenset()

    def target_from(self, status: str) -> S:
        return S(status) if status in self.stays else self.target


# While one office waits for the applicant's answer, those at work at the same time go on.
WAITING = frozenset({S.AWAITING_APPLICANT})

TRANSITIONS = {
    Action.CONFIRM_PAYMENT: Transition({S.AWAITING_PAYMENT}, S.SUBMITTED, event="submitted"),
    Action.TAKE: Transition({S.SUBMITTED, S.IN_REVIEW}, S.IN_REVIEW, event="taken", stays=WAITING),
    Action.RELEASE: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="released", stays=WAITING),
    Action.ASSIGN: Transition({S.SUBMITTED, S.IN_REVIEW}, S.IN_REVIEW, event="assigned"),
    Action.FILL: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="filled", stays=WAITING),
    Action.ASK: Transition({S.IN_REVIEW}, S.AWAITING_APPLICANT, event="asked"),
    Action.REPLY: Transition({S.AWAITING_APPLICANT}, S.IN_REVIEW, event="replied"),
    Action.BILL: Transition(
        {S.SUBMITTED, S.IN_REVIEW}, S.AWAITING_APPLICANT, event="billed", stays=WAITING
    ),
    Action.SETTLE: Transition(
        {S.AWAITING_APPLICANT}, S.IN_REVIEW, event="settled", stays=frozenset({S.IN_REVIEW})
    ),
    Action.LAPSE: Transition(
        {S.AWAITING_PAYMENT, S.AWAITING_APPLICANT}, S.WITHDRAWN, event="lapsed"
    ),
    Action.COMPLETE: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="completed", stays=WAITING),
    Action.CONSULT: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="consulted", stays=WAITING),
    Action.ANSWER: Transition(
        {S.SUBMITTED, S.IN_REVIEW}, S.IN_REVIEW, event="answered", stays=WAITING
    ),
    Action.REROUTE: Transition(
        {S.IN_REVIEW}, S.IN_REVIEW, event="rerouted", stays=WAITING | {S.SUBMITTED}
    ),
    Action.SILENCE: Transition(
        {S.SUBMITTED, S.IN_REVIEW}, S.IN_REVIEW, event="silent", stays=WAITING
    ),
    Action.PROPOSE: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="proposed"),
    Action.RETURN: Transition({S.IN_REVIEW}, S.IN_REVIEW, event="returned"),
    Action.GRANT: Transition({S.IN_REVIEW}, S.GRANTED, event="granted"),
    Action.REFUSE: Transition({S.IN_REVIEW}, S.REFUSED, event="refused"),
    Action.TRANSFER: Transition({S.SUBMITTED, S.IN_REVIEW}, S.SUBMITTED, event="transferred"),
    Action.HAND_OVER: Transition({S.GRANTED}, S.CLOSED, event="handed_over"),
    Action.WITHDRAW: Transition(
        {S.AWAITING_PAYMENT, S.SUBMITTED, S.AWAITING_APPLICANT}, S.WITHDRAWN, event="withdrawn"
    ),
    Action.REOPEN: Transition(
        {S.GRANTED, S.REFUSED, S.CLOSED, S.WITHDRAWN}, S.IN_REVIEW, event="reopened"
    ),
    Action.APPEAL: Transition({S.REFUSED}, S.REFUSED, event="appealed"),
    # What becomes of a refusal when the appeal against it is decided, or examined once more.
    Action.UPHOLD: Transition({S.REFUSED}, S.REFUSED, event="upheld"),
    Action.OVERTURN: Transition({S.REFUSED}, S.CLOSED, event="overturned"),
    Action.RESTORE: Transition({S.CLOSED}, S.REFUSED, event="restored"),
}


def find(status: str, action: Action) -> Transition:
    """Return what `action` does to a case in `status`. :raises TransitionNotAllowed:"""
    transition = TRANSITIONS[action]
    if status not in transition.sources | transition.stays:
        raise TransitionNotAllowed(
            _("This is no longer possible: the case is now “%(status)s”.")
            % {"status": CaseStatus(status).label}
        )
    return transition


def available_actions(status: str) -> list[Action]:
    return [
        action
        for action, transition in TRANSITIONS.items()
        if status in transition.sources | transition.stays
    ]
