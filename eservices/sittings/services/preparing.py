"""Before the sitting: its members, its agenda, the freeze."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.cases.models import Case
from eservices.sittings import agenda, policies
from eservices.sittings.errors import SittingError
from eservices.sittings.models import (
    AgendaItem,
    Sitting,
    SittingMember,
    SittingStatus,
    Verdict,
)
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.notifications.services import notify

GONE = gettext_lazy("This case is not on the agenda any more: somebody took it off meanwhile.")


@transaction.atomic
def create(
    *, office: Office, actor: User, body: str, starts_at: datetime, place: str, chair: str
) -> Sitting:
    """Open a sitting of `body`, prepared by `office`. :raises SittingError:"""
    sitting = Sitting(
        office=office, body=body, starts_at=starts_at, place=place, chair=chair, created_by=actor
    )
    _require(policies.may_prepare(actor, sitting))
    sitting.save()
    return sitting


@transaction.atomic
def add_member(sitting: Sitting, user: User, *, actor: User) -> SittingMember:
    """Let somebody sit, and read the dossiers once the agenda is frozen."""
    sitting = locked(sitting)
    _require(policies.may_prepare(actor, sitting))
    member, is_new = SittingMember.objects.get_or_create(sitting=sitting, user=user)
    if is_new and sitting.is_frozen:
        _convoke(sitting, [member])
    return member


@transaction.atomic
def remove_member(member: SittingMember, *, actor: User) -> None:
    sitting = locked(member.sitting)
    _require(policies.may_prepare(actor, sitting))
    if sitting.is_draft:
        member.delete()
    else:
        SittingMember.objects.filter(pk=member.pk).update(is_present=not member.is_present)


@transaction.atomic
def add_item(sitting: Sitting, case: Case, *, actor: User, late_reason: str = "") -> AgendaItem:
    """Put a case on the agenda; after the freeze only the chief may, with a reason that is kept.

    :raises SittingError:
    """
    sitting = locked(sitting)
    _require(policies.may_prepare(actor, sitting))
    if sitting.has_ended:
        raise SittingError(_("The sitting is over."))
    if sitting.is_frozen:
        _require(policies.may_lead(actor, sitting))
        if not late_reason.strip():
            raise SittingError(_("The agenda is frozen: say why this case is added late."))
    if AgendaItem.objects.standing().filter(case=case).exists():
        raise SittingError(_("This case is on an agenda already."))
    if not agenda.waits(case, sitting.office):
        raise SittingError(_("This case does not wait for this body."))
    about = agenda.heading(case)
    last = sitting.items.aggregate(last=Max("position"))["last"] or 0
    try:
        with transaction.atomic():
            item = AgendaItem.objects.create(
                sitting=sitting,
                case=case,
                position=last + 1,
                title=about.title,
                group=about.group,
                section=about.section,
                section_title=about.section_title,
                is_classified=about.is_classified,
                late_reason=late_reason.strip()[:500] if sitting.is_frozen else "",
            )
    except IntegrityError as exc:
        raise SittingError(_("This case is on an agenda already.")) from exc
    if sitting.is_frozen:  # the members may have their packs already
        _tell("sitting.extended", sitting, sitting.members.select_related("user"), item.pk)
    return item


@transaction.atomic
def move_item(item: AgendaItem, *, actor: User, step: int) -> None:
    """Move an item up (-1) or down (1) while the agenda is in preparation. :raises SittingError:"""
    sitting = _in_preparation(item.sitting, actor)
    rows = list(sitting.items.order_by("position", "pk"))
    here = next((index for index, row in enumerate(rows) if row.pk == item.pk), None)
    if here is None:
        raise SittingError(str(GONE))
    there = max(0, min(len(rows) - 1, here + step))
    rows.insert(there, rows.pop(here))
    _number(rows)


@transaction.atomic
def sort_by_group(sitting: Sitting, *, actor: User) -> None:
    """Put the items of one ministry together, those filed first before the others.

    Ministries keep the order in which each first stands on the agenda: precedence is no alphabet.
    :raises SittingError:
    """
    sitting = _in_preparation(sitting, actor)
    rows = list(sitting.items.select_related("case").order_by("position", "pk"))
    first: dict[str, int] = {}
    for place, row in enumerate(rows):
        # What stands in no ministry's name comes last.
        first.setdefault(row.group, place if row.group else len(rows))
    _number(sorted(rows, key=lambda row: (first[row.group], row.case.filed_at, row.case_id)))


def _number(rows: list[AgendaItem]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            AgendaItem.objects.filter(pk=row.pk).update(position=position)


@transaction.atomic
def remove_item(item: AgendaItem, *, actor: User) -> None:
    """Take a case off an agenda in preparation; it waits for the next one. :raises SittingError:"""
    _in_preparation(item.sitting, actor)
    if not AgendaItem.objects.filter(pk=item.pk).delete()[0]:
        raise SittingError(str(GONE))


@transaction.atomic
def freeze(sitting: Sitting, *, actor: User) -> None:
    """Fix the agenda and call the members; from now on they read the dossiers. :raises SittingError:"""
    sitting = locked(sitting)
    _require(policies.may_lead(actor, sitting))
    if not sitting.is_draft:
        raise SittingError(_("The agenda is frozen already."))
    if not sitting.items.exists():
        raise SittingError(_("The agenda is empty: add at least one case."))
    _require_waiting(sitting)
    sitting.status, sitting.frozen_at = SittingStatus.FROZEN, timezone.now()
    sitting.frozen_by, sitting.digest = actor, agenda.digest(sitting)
    sitting.save()
    _convoke(sitting, list(sitting.members.select_related("user")))
    audit.record(
        "sitting.frozen", actor=actor, office=sitting.office.code, subject=sitting.owner_key
    )


def locked(sitting: Sitting) -> Sitting:
    return (
        Sitting.objects.select_for_update(of=("self",)).select_related("office").get(pk=sitting.pk)
    )


def _require_waiting(sitting: Sitting) -> None:
    """:raises SittingError: naming by its number what does not wait for the body any more."""
    items = list(sitting.items.select_related("case__version"))
    found = agenda.possible(items, sitting.office)
    for item in items:
        if Verdict.ADOPTED not in found[item.pk]:
            text = _("%(case)s does not wait for the body any more: take it off the agenda.")
            raise SittingError(text % {"case": item.case.reference})


def _in_preparation(sitting: Sitting, actor: User) -> Sitting:
    sitting = locked(sitting)
    _require(policies.may_prepare(actor, sitting))
    if not sitting.is_draft:
        raise SittingError(_("The agenda is frozen: its order does not change any more."))
    return sitting


def _require(allowed: bool) -> None:
    if not allowed:
        raise SittingError(_("You may not do this for this sitting."))


def _convoke(sitting: Sitting, members: list[SittingMember]) -> None:
    _tell("sitting.convened", sitting, members)


def _tell(kind: str, sitting: Sitting, members: Iterable[SittingMember], what: int = 0) -> None:
    for member in members:
        user = member.user
        context = {"body": sitting.body, "at": sitting.starts_at, "place": sitting.place}
        notify(
            kind,
            to_phone=user.phone,
            to_email=user.email,
            language=user.language or "fr",
            context=context,
            key=f"{sitting.pk}:{user.pk}" + (f":{what}" if what else ""),
        )
