"""The keying page as the agent sees it: the pieces to show, the fee, what was opened today."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.backoffice.access import Agent
from eservices.cases import applicants
from eservices.cases.models import CaseStatus
from eservices.casework import counter
from eservices.casework.counter import Identity
from eservices.casework.models import CounterDraft, IdentityKind, Intake
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.formdefs.engine import PieceSpec, StepForm
from portal.accounts.models import Role
from portal.core.texts import labelled

SHOWN = 30
LANGUAGE_FIELD, KIND_FIELD, NUMBER_FIELD = "_language", "_identity_kind", "_identity_number"
SEEN_FIELD, FILE_PREFIX = "_seen", "_piece_"


@dataclass
class Slot:
    """One piece asked for: its files, or the tick that it was seen on paper."""

    piece: PieceSpec
    is_seen: bool
    files: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{FILE_PREFIX}{self.piece.key}"

    @property
    def is_full(self) -> bool:
        return len(self.files) >= self.piece.max_files


def slots(draft: CounterDraft, problems: Mapping[str, list[str]]) -> list[Slot]:
    """Return the pieces that these answers call for, with what was given; one query."""
    spec = catalog.compiled(draft.version)
    found = {
        piece.key: Slot(piece, piece.key in draft.pieces_seen, problems=problems.get(piece.key, []))
        for piece in engine.pieces(spec, draft.answers)
    }
    for attachment in attachments.for_owner(counter.owner(draft)):
        if attachment.slot in found:
            found[attachment.slot].files.append(attachment)
    return list(found.values())


def identity_in(data: Mapping[str, str]) -> Identity:
    return Identity(data.get(KIND_FIELD, ""), data.get(NUMBER_FIELD, "").strip())


def faults(form: StepForm, identity_fault: str, shown: list[Slot]) -> list[dict[str, str]]:
    """Return everything to correct, in the order of the page, each with the place it leads to."""
    lines = [{"href": "#identity_kind", "text": identity_fault}] if identity_fault else []
    labels = {one.path: (one.html_id, str(form.fields[one.path].label)) for one in form.shown
              if one.path in form.fields}  # fmt: skip
    for path, texts in form.errors.items():
        html_id, label = labels.get(path, ("", ""))
        said = " ".join(map(str, texts))
        text = labelled(label, said) if label else said
        lines.append({"href": f"#{html_id}" if html_id else "", "text": text})
    for slot in shown:
        for problem in slot.problems:
            lines.append(
                {"href": f"#slot-{slot.piece.key}", "text": labelled(slot.piece.label, problem)}
            )
    return lines


def missing_problems(draft: CounterDraft) -> dict[str, list[str]]:
    text = _("Photograph this piece, or tick that you have seen it.")
    return {key: [text] for key in counter.missing_pieces(draft)}


def drafts(agent: Agent) -> list[tuple[CounterDraft, str]]:
    """Return what this person began and did not finish, each with the name keyed so far."""
    mine = CounterDraft.objects.for_agent(agent.user).select_related("version__eservice")
    found = mine.defer("version__spec", "version__eservice__definition")[:SHOWN]
    return [(one, _name_in(one)) for one in found]


def _name_in(draft: CounterDraft) -> str:
    name = applicants.named_in(draft.answers, draft.version, language=draft.language).name
    return "" if name == draft.version.eservice.title_in("fr") else name


def opened_today(agent: Agent) -> list[Intake]:
    """Return what this person opened today at the counter, the last first."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    rows = Intake.objects.for_agent(agent.user).filter(agent=agent.user, at__gte=start)
    rows = rows.select_related("case__eservice", "case__payment")
    return list(rows.defer("case__eservice__definition").order_by("-at")[:SHOWN])


def intake_of(agent: Agent, reference: str) -> Intake | None:
    """Return how this request was opened, for somebody who works at that counter."""
    return (
        Intake.objects.for_agent(agent.user)
        .select_related(
            "case__eservice", "case__version", "case__office__calendar", "case__payment"
        )
        .filter(case__reference=reference)
        .first()
    )


def takes_cash_for(agent: Agent, intake: Intake) -> bool:
    """Tell whether this person holds the cash desk of the office whose fee is due."""
    return agent.user.office_memberships.filter(
        office_id=intake.case.office_id, role=Role.CASHIER
    ).exists()


def is_due(intake: Intake) -> bool:
    payment = intake.case.payment
    return (
        intake.case.status == CaseStatus.AWAITING_PAYMENT
        and payment is not None
        and payment.status == "pending"
    )


def identity_kinds() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in IdentityKind.choices]
