"""The life of a draft: begun, saved field by field, brought to a new version, thrown away."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from eservices.appointments import services as appointments
from eservices.attachments import services as attachments
from eservices.attachments import uploads
from eservices.catalog import local
from eservices.catalog import services as catalog
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.filing import lines, news, openings
from eservices.filing.models import AccessCode, Draft
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from portal.accounts.models import Office, User

DRAFT_LIFE = timedelta(days=90)
PIECES = "pieces"  # the step where pieces are given, in `Draft.steps_done`
MOST_TABS = 8  # whose last save is remembered, of one draft


def begin(
    eservice: EService,
    *,
    owner: User | None,
    language: str,
    answers: Mapping[str, Any] | None = None,
    office: Office | None = None,
) -> Draft:
    """Start a request under the current version, at the fees of `office` when one was chosen.

    :raises EServiceClosed: with what to tell people.
    """
    opening = openings.opening_for(eservice, owner)
    if not opening.is_open or eservice.current is None:
        raise EServiceClosed(opening.message)
    return Draft.objects.create(
        eservice=eservice,
        version=eservice.current,
        owner=owner,
        language=language,
        answers=dict(answers or {}),
        office=office,
        own_fees=local.fees_at(eservice.current, office) if office else {},
        expires_at=timezone.now() + DRAFT_LIFE,
    )


def compiled(draft: Draft) -> CompiledSpec:
    """Return the form engine's view of what `draft` is filed under, prices of its office included."""
    return catalog.compiled(draft.version, draft.own_fees)


@transaction.atomic
def save_step(draft: Draft, *, step: str, answers: Mapping[str, Any], is_done: bool) -> None:
    """Keep the answers of one step; the others stay, also those saved meanwhile by another window.

    :raises Draft.DoesNotExist: it was sent or deleted meanwhile.
    """
    locked = _locked(draft)
    _merge(locked, answers)
    locked.answers |= lines.looked_up(draft, locked.answers)
    done = [key for key in locked.steps_done if key != step]
    locked.steps_done = [*done, step] if is_done else done
    _save(locked, draft)


@transaction.atomic
def autosave(draft: Draft, *, answers: Mapping[str, Any], tab: str, number: int) -> bool:
    """Keep answers given while typing; False when this save, or a later one, came already.

    `tab` and `number` are the idempotency key: a save that the network delivers twice or late
    changes nothing. :raises Draft.DoesNotExist: it was sent or deleted meanwhile.
    """
    locked = _locked(draft)
    if locked.saves.get(tab, 0) >= number:
        return False
    _merge(locked, answers)
    others = [(key, last) for key, last in locked.saves.items() if key != tab]
    locked.saves = dict([*others, (tab, number)][-MOST_TABS:])
    _save(locked, draft)
    return True


@transaction.atomic
def catch_up(draft: Draft) -> None:
    """Bring a draft to its service's current version; `draft.news` then says what changed for it."""
    locked = (
        Draft.objects.select_for_update(of=("self",))
        .select_related("version", "eservice__current", "office")
        .get(pk=draft.pk)
    )
    current = locked.eservice.current
    if current is not None and locked.version_id != current.pk:
        own_fees = local.fees_at(current, locked.office) if locked.office else {}
        before, after = compiled(locked), catalog.compiled(current, own_fees)
        # Steps with news not yet answered count as done: only what they ask more is news again.
        done = [*locked.steps_done, *locked.news.get("steps", [])]
        carried = engine.carry(before, after, locked.answers, done)
        given = attachments.for_owner(attachment_owner(locked)).values_list("slot", flat=True)
        more = news.of_pieces_and_price(before, after, locked, carried.answers, given=set(given))
        locked.news = news.both(locked.news, {**carried.news, **(more if done else {})})
        waiting = {*locked.news.get("steps", []), *([PIECES] if more.get("pieces") else [])}
        locked.version, locked.own_fees = current, own_fees
        locked.answers = carried.answers
        # The pieces are none of the form's steps: their place is kept here.
        kept = [*carried.steps_done, *({PIECES} & set(done))]
        locked.steps_done = [key for key in kept if key not in waiting]
        locked.save(update_fields=["version", "own_fees", "answers", "steps_done", "news"])
    for name in ("version", "own_fees", "answers", "steps_done", "news"):
        setattr(draft, name, getattr(locked, name))


@transaction.atomic
def accept_news(draft: Draft, *, answers: Mapping[str, Any], is_done: bool) -> None:
    """Keep what was answered to new questions; when all is answered the news are over."""
    locked = _locked(draft)
    _merge(locked, answers)
    if is_done:
        asked = locked.news.get("steps", [])
        locked.steps_done = [*locked.steps_done, *(k for k in asked if k not in locked.steps_done)]
        locked.news = {}
    _save(locked, draft)


@transaction.atomic
def discard(draft: Draft) -> None:
    """Delete a draft and its pieces at the citizen's wish."""
    attachments.remove_all(attachment_owner(draft))
    uploads.forget_all(attachment_owner(draft))
    appointments.release(attachment_owner(draft))
    draft.delete()


def purge_expired() -> int:
    """Delete the drafts nobody came back to, with their pieces; return how many."""
    count = 0
    for draft in Draft.objects.expired().order_by("pk")[:500]:
        discard(draft)
        count += 1
    AccessCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()
    return count


def attachment_owner(draft: Draft) -> str:
    return f"draft:{draft.pk}"


def _locked(draft: Draft) -> Draft:
    return Draft.objects.select_for_update().get(pk=draft.pk)


def _merge(draft: Draft, answers: Mapping[str, Any]) -> None:
    draft.answers = {**draft.answers, **answers}


def _save(locked: Draft, shown: Draft) -> None:
    locked.saved_at = timezone.now()
    locked.expires_at = locked.saved_at + DRAFT_LIFE
    names = ["answers", "steps_done", "saves", "news", "saved_at", "expires_at"]
    locked.save(update_fields=names)
    for name in names:
        setattr(shown, name, getattr(locked, name))
