"""One action on several cases: each succeeds or fails on its own, and says which."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from eservices.backoffice.access import Agent
from eservices.backoffice.models import Label
from eservices.backoffice.services import labels
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.cases.models import CASE_ROLES, Case, CaseTask, TaskStatus
from portal.accounts.models import Office, User
from portal.core.errors import PortalError
from portal.core.prepared import prepared
from portal.core.references import clean_reference

MOST = 100


@dataclass(frozen=True)
class Result:
    reference: str
    is_done: bool
    text: str
    is_here: bool = True  # in the offices of whoever asked


@dataclass(frozen=True)
class Order:
    """What is asked of every case chosen."""

    action: str
    reason: str = ""
    person: User | None = None
    label: str = ""
    office: Office | None = None


def offered(agent: Agent) -> list[tuple[str, str]]:
    """Return the actions this person may choose from, in words."""
    found = [
        ("take", _("Take")),
        ("release", _("Give back")),
        ("label", _("Add a label")),
        ("unlabel", _("Remove a label")),
        ("transfer", _("Pass to another office")),
    ]
    if agent.is_chief:
        found.insert(1, ("assign", _("Give to a person")))
    return found


def choices(agent: Agent) -> dict[str, Any]:
    """Return what the bar of these actions offers, and its form as nobody has filled it in yet."""
    office_ids = tuple(agent.office_ids)
    practises = frozenset(office.is_training for office in agent.offices)
    people = _people(office_ids)
    return {
        "bulk": offered(agent),
        "people": people,
        "colleagues": [person for person in people if person.is_active],
        "labels": _labels(office_ids),
        "targets": partial(_targets, agent.offices[0].country, practises),
        "order": Order(""),
    }


@prepared
def _people(office_ids: tuple[int, ...]) -> QuerySet[User]:
    """Return who works on files in these offices, or did and still has an account."""
    here = {"office_memberships__office__in": office_ids,
            "office_memberships__role__in": CASE_ROLES}  # fmt: skip
    people = User.objects.filter(**here)
    names = people.only("full_name", "email", "phone", "username", "is_active")
    return names.distinct().order_by("full_name")[:200]


@prepared
def _labels(office_ids: tuple[int, ...]) -> QuerySet[Label]:
    return Label.objects.filter(office__in=office_ids)[:200]


@prepared
def _targets(country: str, practises: frozenset[bool]) -> QuerySet[Office]:
    """Return where files may be handed over to."""
    rows = Office.objects.open().filter(country=country, is_training__in=practises)
    return rows.only("code", "name")


def carry_out(agent: Agent, references: Sequence[str], order: Order) -> list[Result]:
    """Do it case by case, the oldest first, so that taking several in order skips nobody.

    A case that left these offices, such as one passed on by the same form sent before, is told too.
    """
    wanted = [text for text in map(clean_reference, references) if text]
    found = (
        Case.objects.for_agent(agent.user)
        .filter(reference__in=wanted[:MOST])
        .select_related("version")
        .defer("answers", "search_text")
        .oldest_first()
    )
    results = [_one(agent, case, order) for case in found]
    done = {result.reference for result in results}
    left = [text for text in dict.fromkeys(wanted[:MOST]) if text not in done]
    away = _("It is not in your offices any more.")
    gone = [Result(text, False, away, is_here=False) for text in left]
    late = _("Not more than %(most)d at a time: tick it again.") % {"most": MOST}
    return results + gone + [Result(text, False, late) for text in dict.fromkeys(wanted[MOST:])]


def _one(agent: Agent, case: Case, order: Order) -> Result:
    try:
        _action(agent, case, order)()
    except PortalError as exc:
        return Result(case.reference, False, str(exc))
    return Result(case.reference, True, _("Done."))


def _action(agent: Agent, case: Case, order: Order) -> Callable[[], object]:
    me, reason = agent.user, order.reason.strip()
    match order.action:
        case "take":
            _check_order(case, me, reason)
            return partial(cases.take, case, actor=me, reason=reason)
        case "release":
            _check_reason(reason)
            return partial(cases.release, case, actor=me, reason=reason)
        case "assign":
            if order.person is None:
                raise BadRequest(_("Choose a person."))
            return partial(cases.assign, case, to=order.person, actor=me, reason=reason)
        case "label":
            return partial(labels.add_label, case, name=order.label, actor=me)
        case "unlabel":
            return partial(labels.remove_label, case, name=order.label)
        case "transfer":
            _check_reason(reason)
            if order.office is None:
                raise BadRequest(_("Choose an office."))
            return partial(cases.transfer, case, actor=me, office=order.office, reason=reason)
    raise BadRequest(_("Choose what to do with these requests."))


def _check_reason(reason: str) -> None:
    if not reason:
        raise BadRequest(_("Say why."))


def _check_order(case: Case, actor: User, reason: str) -> None:
    task = CaseTask.objects.filter(case=case, status=TaskStatus.OPEN, assignee=None).first()
    if task and not reason and Case.objects.waiting_before(case, task, actor).exists():
        raise BadRequest(_("Older requests wait: say why you take this one first."))
