"""Other requests of the same person, and requests that hold the same paper."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import OPEN, Case, CaseQuerySet, CaseStatus, Delegation
from eservices.casework.models import PersonMark
from eservices.catalog import services as catalog
from eservices.formdefs.reading import fold
from portal.accounts.models import User
from portal.core.prepared import prepared

SHOWN = 30  # of each way to be near: the newest, and one more tells that there are others
TWIN_DAYS = timedelta(days=365)  # the same request a year later is a new need


@dataclass(frozen=True)
class Relative:
    """A request near this one, and why; of one in another office nothing but that it exists."""

    reference: str
    title: str
    status: str
    name: str
    at: datetime
    same_person: bool
    same_service: bool  # one that a person asks for once
    same_pieces: tuple[str, ...]
    is_open: bool

    @property
    def is_duplicate(self) -> bool:
        """Whether it looks like the same request made twice, or a paper used twice."""
        is_recent = self.at > timezone.now() - TWIN_DAYS
        return bool(self.same_pieces) or (
            self.same_person and self.same_service and (self.is_open or is_recent)
        )


@dataclass(frozen=True)
class Relatives:
    visible: list[Relative]
    hidden: int  # held by other offices
    hidden_duplicates: int
    is_cut: bool = False  # there are more: what is told is the newest, numbers are "at least"
    is_shared_phone: bool = False  # too many have it for it to be one person's

    @property
    def bound(self) -> int:
        return SHOWN

    @property
    def duplicates(self) -> list[Relative]:
        return [one for one in self.visible if one.is_duplicate]

    @property
    def has_duplicates(self) -> bool:
        return bool(self.duplicates or self.hidden_duplicates)


def of(
    case: Case,
    *,
    reader: User,
    office_ids: Collection[int],
    roles: Iterable[tuple[int, str]] | None = None,
    has_pieces: bool = True,
) -> Relatives:
    """Return what is near `case`; of what lies outside `office_ids` only the number. Two queries.

    `roles` are those that the reader has today, by office, where they are known already.
    """
    if roles is None:
        held = Delegation.objects.memberships_today(reader, timezone.now())
        roles = held.values_list("office_id", "role")
    pieces = _pieces(case) if has_pieces else {}
    ways: dict[str, Any] = {
        "phone": case.phone, "applicant_id": case.applicant_id, "appeal_of": case.appeal_of_id,
    }  # fmt: skip
    rows = _rows(
        tuple(sorted(roles)), tuple(sorted(pieces)), case_id=case.pk, reader_id=reader.pk,
        **{name: value for name, value in ways.items() if value},
    )  # fmt: skip
    is_shared = bool(case.phone) and sum(row.phone == case.phone for row in rows) > SHOWN
    found = [(row.office_id, _relative(case, row, pieces, is_shared=is_shared)) for row in rows]
    if is_shared:
        found = [one for one in found if one[1].same_person or one[1].same_pieces]
    visible = [one for office_id, one in found if office_id in office_ids]
    hidden = [one for office_id, one in found if office_id not in office_ids]
    return Relatives(
        _told(visible),
        len(hidden),
        sum(one.is_duplicate for one in hidden),
        is_cut=len(visible) > SHOWN or _is_cut(case, rows),
        is_shared_phone=is_shared,
    )


def _told(visible: list[Relative]) -> list[Relative]:
    """Return as many as a page shows: what may be a duplicate before the rest, then newest first."""
    return sorted(visible, key=lambda one: not one.is_duplicate)[:SHOWN]


def _is_cut(case: Case, rows: list[Case]) -> bool:
    """Whether one way to be near has more than was looked up."""
    ways = (
        bool(case.phone) and sum(row.phone == case.phone for row in rows),
        bool(case.applicant_id) and sum(row.applicant_id == case.applicant_id for row in rows),
        sum(row.is_marked for row in rows),  # type: ignore[attr-defined]
    )
    return any(number > SHOWN for number in ways)


@prepared
def _rows(
    roles: tuple[tuple[int, str], ...],
    pieces: tuple[Any, ...],
    *,
    case_id: int,
    reader_id: int,
    appeal_of: int | None = None,
    **ways: Any,
) -> QuerySet[Case]:
    may_read = Q(is_restricted=False) | CaseQuerySet.known_to(User(pk=reader_id), roles)
    others = (
        # An appeal and the refusal that it contests are one matter, told elsewhere on the page.
        Case.objects.exclude(pk__in=[key for key in (case_id, appeal_of) if key])
        .exclude(appeal_of=case_id)
        .exclude(status__in=[CaseStatus.AWAITING_PAYMENT, CaseStatus.WITHDRAWN])
        .filter(may_read)  # of what is restricted to others, not even that it exists
    )
    mark = PersonMark.objects.filter(case=case_id).values("digest")[:1]
    marked = PersonMark.objects.filter(case=OuterRef("pk"), digest=Subquery(mark))
    return (
        Case.objects.filter(pk__in=_near(others, mark, pieces, **ways))
        .annotate(is_marked=Exists(marked))
        .select_related("eservice")
        .only("reference", "access_key", "status", "applicant_name", "applicant_id", "phone",
              "office_id", "created_at", "filed_at", "eservice__title", "eservice__slug")
        .order_by("-created_at")
    )  # fmt: skip


def _near(
    others: QuerySet[Case],
    mark: QuerySet[Any, Any],
    pieces: Collection[Any],
    phone: str = "",
    applicant_id: int | None = None,
) -> QuerySet[Any, Any]:
    """Return the keys of the cases of the same person and of those that hold the same papers.

    Each way to be near is a walk of an index of its own, and ends after the newest: one condition
    with OR reads every case there is, and a telephone may stand on a hundred thousand.
    """
    # REF-1: the same name, birth date and mother, whatever the telephone.
    ways = [others.filter(person_mark__digest=Subquery(mark)).order_by("-person_mark__case")]
    if phone:
        ways.append(others.filter(phone=phone).order_by("-created_at"))
    if applicant_id:
        ways.append(others.filter(applicant_id=applicant_id).order_by("-created_at"))
    if pieces:
        ways.append(others.filter(access_key__in=pieces).order_by("-created_at"))
    # Each limit stands in a query of its own: SQLite takes none inside a union.
    newest = [
        Case.objects.filter(pk__in=way.values("pk")[: SHOWN + 1]).order_by().values("pk")
        for way in ways
    ]
    return newest[0].union(*newest[1:]) if len(newest) > 1 else newest[0]


def _pieces(case: Case) -> dict[Any, tuple[str, ...]]:
    """Return, by the key of the case that holds it, the names of the same files elsewhere."""
    found: dict[str, tuple[str, ...]] = {}
    for owner, name in attachments.same_content(cases.attachment_owner(case), limit=SHOWN):
        kind, _colon, key = owner.partition(":")
        if kind == "case":
            found[key] = (*found.get(key, ()), name)
    return found


def _is_internal(case: Case) -> bool:
    """Whether agents file it for their office, one after the other: mission orders, dossiers."""
    return catalog.compiled(case.version).source.get("audience") == "agents"


def _relative(
    case: Case, row: Case, pieces: dict[Any, tuple[str, ...]], *, is_shared: bool
) -> Relative:
    """Tell why `row` is near; a telephone that a crowd shares needs the same name beside it."""
    same_pieces = pieces.get(str(row.access_key), ())
    is_account = case.applicant_id is not None and case.applicant_id == row.applicant_id
    is_named = not is_shared or fold(row.applicant_name) == fold(case.applicant_name)
    is_phone = bool(case.phone) and case.phone == row.phone and is_named
    is_person = is_account or is_phone or row.is_marked  # type: ignore[attr-defined]
    return Relative(
        reference=row.reference,
        title=row.eservice.title_in(),
        status=row.status,
        name=row.applicant_name,
        at=row.filed_at or row.created_at,
        same_person=is_person,
        same_service=row.eservice_id == case.eservice_id and not _is_internal(case),
        same_pieces=same_pieces,
        is_open=row.status in OPEN,
    )
