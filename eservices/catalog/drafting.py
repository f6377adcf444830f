"""Saving what editors work on: numbered revisions, two people at once, nothing lost.

Everything that changes a draft goes through `save`. Whoever edits reads `eservice.definition` and
`eservice.revision`, changes a copy with the functions of `formdefs.editing`, and gives it back with
the number it began from.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from eservices.catalog.errors import EditConflict, NameTaken
from eservices.catalog.models import EService, EServiceRevision
from eservices.formdefs.merging import Merge, merge
from portal.accounts.models import User

Definition = Mapping[str, Any]
KEPT = 200  # revisions of one e-service; older ones go, the published versions stay for ever


@transaction.atomic
def create(definition: Definition, *, by: User | None, summary: str = "") -> EService:
    """Begin an e-service. :raises NameTaken: when its short name or its code is in use."""
    _check_names(definition)
    return record(None, definition, by=by, summary=summary)


def save(
    eservice: EService,
    definition: Definition,
    *,
    base: int,
    by: User | None,
    summary: str = "",
) -> EServiceRevision:
    """Make `definition`, changed from revision `base`, the draft of `eservice`.

    What somebody else saved meanwhile stays: both changes are put together.
    :raises EditConflict: when both changed the same place; what was given is kept as an aside.
    :raises NameTaken: when its short name or its code belongs to another e-service.
    """
    with transaction.atomic():
        locked = EService.objects.select_for_update().get(pk=eservice.pk)
        merged = Merge(dict(definition))
        if not locked.revision:
            _keep_origin(locked)
        if locked.revision != base:
            started = locked.revisions.filter(number=base).first()
            before = started.definition if started else {}
            merged = merge(before, locked.definition, merged.value, prefer="theirs")
        if merged.clashes:
            revision = _keep_aside(locked, definition, base=base, by=by, summary=summary)
        else:
            _check_names(merged.value, locked)
            record(locked, merged.value, by=by, summary=summary, base=base)
            revision = locked.revisions.get(number=locked.revision)
    if merged.clashes:
        raise EditConflict(
            _("Somebody else changed the same place since you opened this page."),
            aside=revision.number,
            clashes=merged.clashes,
        )
    return revision


def take_over(eservice: EService, aside: EServiceRevision, *, by: User | None) -> EServiceRevision:
    """Save an aside after all: it wins where both changed the same place, the rest stays."""
    base = eservice.revisions.filter(number=aside.base).first()
    before = base.definition if base else {}
    merged = merge(before, eservice.definition, aside.definition, prefer="mine")
    return save(eservice, merged.value, base=eservice.revision, by=by, summary=aside.summary)


def restore(eservice: EService, revision: EServiceRevision, *, by: User | None) -> EServiceRevision:
    """Go back to an earlier revision, as a new one: what came between stays in the history."""
    summary = _("Back to revision %d") % revision.number
    return save(eservice, revision.definition, base=eservice.revision, by=by, summary=summary)


def record(
    eservice: EService | None,
    definition: Definition,
    *,
    by: User | None,
    summary: str = "",
    base: int | None = None,
) -> EService:
    """Write `definition` as the next revision, without looking at what was there before."""
    eservice = eservice or EService(slug=definition["slug"])
    eservice.slug = definition["slug"]
    eservice.code = definition["code"]
    eservice.country = definition.get("country") or ""
    eservice.title = definition.get("title") or {}
    eservice.summary = definition.get("summary") or {}
    eservice.definition = dict(definition)
    before = eservice.revision
    eservice.revision = _next_number(eservice)
    eservice.save()
    EServiceRevision.objects.create(
        eservice=eservice,
        number=eservice.revision,
        base=before if base is None else base,
        definition=eservice.definition,
        summary=summary[:300],
        saved_by=by,
    )
    eservice.revisions.filter(number__lte=eservice.revision - KEPT).delete()
    return eservice


def _keep_origin(eservice: EService) -> None:
    """Give an e-service older than revisions the one it begins from."""
    EServiceRevision.objects.get_or_create(
        eservice=eservice, number=0, defaults={"definition": eservice.definition}
    )


def _keep_aside(
    eservice: EService, definition: Definition, *, base: int, by: User | None, summary: str
) -> EServiceRevision:
    return EServiceRevision.objects.create(
        eservice=eservice,
        number=_next_number(eservice),
        base=base,
        definition=dict(definition),
        summary=summary[:300],
        saved_by=by,
        is_aside=True,
    )


def _next_number(eservice: EService) -> int:
    if eservice.pk is None:
        return 1
    return (eservice.revisions.aggregate(last=Max("number"))["last"] or 0) + 1


def _check_names(definition: Definition, eservice: EService | None = None) -> None:
    others = EService.objects.exclude(pk=eservice.pk if eservice and eservice.pk else 0)
    for name in ("slug", "code"):
        if others.filter(**{name: definition[name]}).exists():
            raise NameTaken(
                _("Another e-service is already called “%s”.") % definition[name], field=name
            )
