"""The only writers of transmitted acts: send, look at, mark as seen, observe."""

from django.db import transaction
from django.utils import timezone

from eservices.cases import services as cases
from eservices.cases import usage
from eservices.documents.models import IssuedDocument
from eservices.tutelage.models import Observation, Transmission
from portal.accounts.models import Role, User
from portal.audit import services as audit
from portal.outbox.services import publish


def transmit(document: IssuedDocument) -> Transmission | None:
    """Send an act that is subject to control to the office above; a second call changes nothing.

    None when the act is not subject to it, when no office is above, and between practice and what
    is real.
    """
    issuer = document.office
    above = issuer.parent
    if not document.is_controlled or above is None or above.is_training != issuer.is_training:
        return None
    transmission, _created = Transmission.objects.get_or_create(
        document=document,
        defaults={
            "case": cases.of_owner(document.owner_key),
            "office": above,
            "issuer": issuer,
            "moved_at": document.status_changed_at or document.issued_at,
        },
    )
    return transmission


def renew(document: IssuedDocument) -> None:
    """An act that was cancelled or replaced since is to be seen again; once, however often told."""
    changed = document.status_changed_at
    if changed is not None:
        Transmission.objects.filter(document=document, moved_at__lt=changed).update(
            moved_at=changed, seen_at=None, seen_by=None
        )


def record_reading(transmission: Transmission, *, reader: User) -> None:
    """Write down that the superior office opened the act; the person concerned reads it."""
    if transmission.case is None:  # destroyed since: the journal alone still knows
        _journal("act.read", transmission, reader)
        return
    cases.record_reading(
        transmission.case,
        reader=reader,
        role=Role.CHIEF,
        what=usage.CONTROL,
        office=transmission.office,
    )


@transaction.atomic
def mark_seen(transmission: Transmission, *, by: User) -> None:
    """Note who saw the act first since it last changed; a second call changes nothing."""
    unseen = Transmission.objects.unseen().filter(pk=transmission.pk)
    if unseen.update(seen_at=timezone.now(), seen_by=by):
        _journal("act.seen", transmission, by)


@transaction.atomic
def observe(transmission: Transmission, *, by: User, function: str, text: str) -> Observation:
    """Write to the issuing office about its act; it stays in the history of the case.

    Publishes `act.observed` {observation_id}. Whoever observes has seen.
    """
    observation = Observation.objects.create(
        transmission=transmission, author=by, function=function, text=text
    )
    if transmission.case is not None:
        cases.note_observation(
            transmission.case,
            actor=by,
            text=text,
            signed=f"{function}, {transmission.office.name_in()}",
            number=transmission.document.number,
        )
    mark_seen(transmission, by=by)
    _journal("act.observed", transmission, by)
    publish("act.observed", observation_id=observation.pk)
    return observation


def _journal(act: str, transmission: Transmission, actor: User) -> None:
    audit.record(
        act,
        actor=actor,
        role=Role.CHIEF,
        office=transmission.office.code,
        subject=transmission.document.number,
        details={"office": transmission.issuer.code},
    )
