"""A refusal follows the appeal against it: it stands, falls, or stands again for the time being."""

from contextlib import suppress

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.cases.errors import BadRequest, TransitionNotAllowed
from eservices.cases.models import OPEN, Case, CaseStatus
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action

_GRANTED = (CaseStatus.GRANTED, CaseStatus.CLOSED)


def upheld(appeal: Case) -> None:
    """The appeal is refused too: the first refusal stands."""
    _follow(appeal, Action.UPHOLD)


def overturned(appeal: Case) -> None:
    """The appeal is granted: the first request is closed, its act is that of the appeal."""
    _follow(appeal, Action.OVERTURN)


def restored(appeal: Case, *, reason: str) -> None:
    """A granted appeal is examined once more: until it is decided, the first refusal holds."""
    _follow(appeal, Action.RESTORE, reason=reason)


def require_free(case: Case) -> None:
    """:raises BadRequest: an appeal decides about this refusal, or has done so."""
    appeals = Case.objects.filter(appeal_of=case, status__in=[*OPEN, *_GRANTED])
    if contested := appeals.values_list("reference", flat=True).first():
        raise BadRequest(
            _("This decision is contested: what becomes of it is decided in %(reference)s.")
            % {"reference": contested}
        )


def _follow(appeal: Case, action: Action, *, reason: str = "") -> None:
    if appeal.appeal_of is None:
        return
    # Opened again before its appeal was decided, as was possible once: it goes its own way.
    with (
        suppress(TransitionNotAllowed),
        transition(
            appeal.appeal_of, action, note=reason, data={"appeal": appeal.reference}
        ) as first,
    ):
        first.ended_at = timezone.now() if action == Action.OVERTURN else None
