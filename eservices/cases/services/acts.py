"""After an act was issued: cancel it, or put a corrected one in its place."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eservices.cases import issuing
from eservices.cases.errors import NotAllowed
from eservices.cases.models import Case, CaseEvent, CaseStatus, Decision
from eservices.cases.policies import standing
from eservices.cases.services.transitions import record
from eservices.documents import services as documents
from eservices.documents.models import DocumentStatus, IssuedDocument
from portal.accounts.models import OfficeMembership, Role, User


def act_to_correct(case: Case, actor: User) -> IssuedDocument | None:
    """Return the valid act that `actor` may cancel or replace: a chief of the office that issued it."""
    decision = Decision.objects.select_related("document").filter(case=case).first()
    act = decision.document if decision else None
    if act is None or act.status != DocumentStatus.VALID:
        return None
    if case.status not in {CaseStatus.GRANTED, CaseStatus.CLOSED}:
        return None
    chiefs = OfficeMembership.objects.filter(user=actor, role=Role.CHIEF)
    return act if chiefs.filter(office_id=act.office_id).exists() else None


def cancel_act(case: Case, *, actor: User, reason: str) -> IssuedDocument:
    """Cancel the act of `case`: the public verification says so at once, the person is told why.

    :raises NotAllowed: no act, not its office's chief. :raises NotRevocable: no reason, or done.
    """
    with transaction.atomic():
        act = _locked(case, actor)
        documents.revoke(act, reason, actor)
        _record(case, "cancel_act", "act_cancelled", actor, reason, {"number": act.number})
    return act


def replace_act(case: Case, *, actor: User, reason: str) -> IssuedDocument:
    """Issue the act again under a new number, from the case as it is now, and end the former one.

    :raises NotAllowed, NotRevocable: as `cancel_act`, or who examined would sign. :raises RenderingFailed: nothing changed.
    """
    with transaction.atomic():
        former = _locked(case, actor)
        if not standing(actor, case).may_sign_anew:
            raise NotAllowed(
                _("You examined this request: somebody else signs a corrected document.")
            )
        if not reason.strip():
            raise documents.NotRevocable(_("Say why the document is replaced."))
        newer = issuing.issue_again(case, former, signer=actor)
        documents.replace(former, newer, reason, actor)
        Decision.objects.filter(case=case).update(document=newer)
        numbers = {"number": newer.number, "former": former.number}
        _record(case, "replace_act", "act_replaced", actor, reason, numbers)
    return newer


def draw_with_current(case: Case, *, actor: User) -> None:
    """Draw the act that failed with the texts of the version published today; on the record.

    The answers and the decision stay as they are. :raises NotAllowed: an act was issued meanwhile.
    """
    with transaction.atomic():
        Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        current = case.eservice.current
        waiting = Decision.objects.filter(case=case, document=None, decided_at__isnull=False)
        if current is None or not waiting.update(drawn_with=current):
            raise NotAllowed(_("The document was produced meanwhile."))
        note = _("With the texts of version %(number)s.") % {"number": current.number}
        record(
            case, "redraw", event="act_redrawn", actor=actor, from_status=case.status, note=note,
            is_public=False,
        )  # fmt: skip


def note_observation(case: Case, *, actor: User, text: str, signed: str, number: str) -> None:
    """Write into the history what the superior office observes on an act; the office reads it."""
    CaseEvent.objects.create(
        case=case,
        action="observe_act",
        from_status=case.status,
        to_status=case.status,
        actor=actor,
        note=text,
        is_public=False,
        data={"signed": signed, "number": number},
    )


def _locked(case: Case, actor: User) -> IssuedDocument:
    Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    act = act_to_correct(case, actor)
    if act is None:
        raise NotAllowed(
            _("Only a chief of the office that issued the document may do this, while it is valid.")
        )
    return act


def _record(
    case: Case, action: str, event: str, actor: User, reason: str, data: dict[str, Any]
) -> None:
    record(
        case,
        action,
        event=event,
        actor=actor,
        from_status=case.status,
        note=reason.strip()[:500],
        data=data,
    )
