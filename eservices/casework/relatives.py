"""Other requests of the same person, and requests that hold the same paper."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import OPEN, Case, CaseQuerySet, CaseStatus, Delegation
from eservices.casework.models import PersonMark
from portal.accounts.models import User
from portal.core.prepared import prepared

SHOWN = 30
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
    same_service: bool
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
    found = [(row.office_id, _relative(case, row, pieces)) for row in rows]
    hidden = [one for office_id, one in found if office_id not in office_ids]
    return Relatives(
        [one for office_id, one in found if office_id in office_ids],
        len(hidden),
        sum(one.is_duplicate for one in hidden),
    )


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
    rows = Case.objects.filter(pk__in=_near(case_id, pieces, **ways))
    may_read = Q(is_restricted=False) | CaseQuerySet.known_to(User(pk=reader_id), roles)
    return (
        # An appeal and the refusal that it contests are one matter, told elsewhere on the page.
        rows.exclude(pk__in=[key for key in (case_id, appeal_of) if key])
        .exclude(appeal_of=case_id)
        .filter(may_read)  # of what is restricted to others, not even that it exists
        .exclude(status__in=[CaseStatus.AWAITING_PAYMENT, CaseStatus.WITHDRAWN])
        .select_related("eservice")
        .only("reference", "access_key", "status", "applicant_name", "applicant_id", "phone",
              "office_id", "created_at", "filed_at", "eservice__title", "eservice__slug")
        .order_by("-created_at")[:SHOWN]
    )  # fmt: skip


def _near(
    case_id: int, pieces: Collection[Any], phone: str = "", applicant_id: int | None = None
) -> QuerySet[Any, Any]:
    """Return the keys of the cases of the same person and of those that hold the same papers.

    Each way to be near is a look-up of its own: one condition with OR reads every case there is.
    """
    # REF-1: the same name, birth date and mother, whatever the telephone.
    marks = PersonMark.objects.filter(case=case_id).values("digest")
    ways: list[QuerySet[Any, Any]] = [PersonMark.objects.filter(digest__in=marks).values("case")]
    if phone:
        ways.append(Case.objects.filter(phone=phone).values("pk"))
    if applicant_id:
        ways.append(Case.objects.filter(applicant_id=applicant_id).values("pk"))
    if pieces:
        ways.append(Case.objects.filter(access_key__in=pieces).values("pk"))
    return ways[0].union(*ways[1:]) if len(ways) > 1 else ways[0]


def _pieces(case: Case) -> dict[Any, tuple[str, ...]]:
    """Return, by the key of the case that holds it, the names of the same files elsewhere."""
    found: dict[str, tuple[str, ...]] = {}
    for owner, name in attachments.same_content(cases.attachment_owner(case), limit=SHOWN):
        kind, _colon, key = owner.partition(":")
        if kind == "case":
            found[key] = (*found.get(key, ()), name)
    return found


def _relative(case: Case, row: Case, pieces: dict[Any, tuple[str, ...]]) -> Relative:
    same_pieces = pieces.get(str(row.access_key), ())
    is_account = case.applicant_id is not None and case.applicant_id == row.applicant_id
    is_person = is_account or bool(case.phone and case.phone == row.phone) or not same_pieces
    return Relative(
        reference=row.reference,
        title=row.eservice.title_in(),
        status=row.status,
        name=row.applicant_name,
        at=row.filed_at or row.created_at,
        same_person=is_person,
        same_service=row.eservice_id == case.eservice_id,
        same_pieces=same_pieces,
        is_open=row.status in OPEN,
    )
