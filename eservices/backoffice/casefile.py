"""A case as the agent sees it: answers, pieces, what happened, and what may be done now."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.backoffice import corrections, reserved, turned_back, wording
from eservices.backoffice.circuit_file import CircuitFile, StageMark, seen_steps
from eservices.backoffice.corrections import Correction, flat
from eservices.backoffice.finding import older_waiting
from eservices.backoffice.turned_back import TurnedBack
from eservices.backoffice.viewer import Viewer
from eservices.cases import expected, letters
from eservices.cases import services as cases
from eservices.cases.expected import Expected
from eservices.cases.letters import Letter
from eservices.cases.models import (
    OPEN,
    CaseEvent,
    CaseStatus,
    Complement,
    Decision,
    Outcome,
)
from eservices.cases.policies import Standing
from eservices.cases.workflow import Action
from eservices.casework import handover
from eservices.casework.models import Intake
from eservices.catalog import services as catalog
from eservices.duties.models import slot_labels
from eservices.formdefs import engine
from portal.core.texts import pick, with_function

BESIDE = (letters.SLOT, handover.SLOT)  # slots of files that are no pieces


@dataclass(frozen=True)
class AnswerRow:
    key: str
    label: str
    text: str
    rows: list[list[Any]] = field(default_factory=list)
    previous: str | None = None  # what stood here before the applicant's last correction


@dataclass(frozen=True)
class AnswerSection:
    title: str
    rows: list[AnswerRow]


@dataclass(frozen=True)
class Piece:
    """What one slot holds."""

    key: str
    label: str
    files: list[tuple[Attachment, bool]]  # with: came with the last correction


@dataclass(frozen=True)
class Entry:
    at: datetime
    title: str
    actor: str
    note: str
    state: str = "done"


class CaseFile:
    """Everything the page of one case shows; each part is read when the page asks for it."""

    def __init__(self, standing: Standing, language: str | None = None) -> None:
        self.case = standing.case
        self.standing = standing
        self.language = language or get_language() or "fr"
        self.spec = catalog.compiled(self.case.version)
        self.stage_meant = ""  # of several open ones; empty for the one that concerns the agent

    @property
    def source(self) -> Mapping[str, Any]:
        return self.spec.source

    @cached_property
    def actions(self) -> frozenset[Action]:
        return self.standing.allowed()

    @property
    def can(self) -> dict[str, bool]:
        """What may be done, by the name of the action, for templates."""
        return {action.value: action in self.actions for action in Action}

    @cached_property
    def may_correct_act(self) -> bool:
        """Whether this person may cancel or replace the act that was issued."""
        return cases.act_to_correct(self.case, self.standing.actor) is not None

    @property
    def may_sign_anew(self) -> bool:
        """Whether this person may also put a corrected act in its place."""
        return self.standing.may_sign_anew

    @cached_property
    def older_waiting(self) -> int:
        """How many cases should be taken first, at the stage that is meant."""
        task = self.standing.task_at(self.stage_meant)
        meant = self.stage_meant
        if (
            task is None
            or task.actor_only
            or Action.TAKE not in (self.standing.allowed(meant) if meant else self.actions)
        ):
            return 0
        return older_waiting(self.case, task, self.standing.actor)

    @cached_property
    def sections(self) -> list[AnswerSection]:
        """The answers in words; where a correction changed one, with what stood before."""
        before = self._texts_before()
        return [
            AnswerSection(
                section.title,
                [
                    AnswerRow(row.key, row.label, row.text, row.rows, before.get(row.key))
                    for row in section.rows
                ],
            )
            for section in self._summary()
        ]

    def _summary(self) -> list[engine.SummarySection]:
        """The answers in words; an office asked for one stage may see only what that stage needs."""
        found = engine.summary(self.spec, self.case.answers, self.language)
        if not (seen := seen_steps(self.standing)):
            return found
        for section in found:
            if section.step_key not in seen:
                section.rows = [row for row in section.rows if row.key in seen]
        return [section for section in found if section.rows]

    def _texts_before(self) -> dict[str, str]:
        changed = self._answered.previous if self._answered else {}
        return corrections.texts(self.spec, self.case.answers, changed, self.language)

    @property
    def corrections(self) -> list[Correction]:
        """Every correction asked and answered, with what each answer was before."""
        return corrections.of(self.spec, self.case.answers, self.complements, self.language)

    def is_asked(self, key: str) -> bool:
        """Tell whether the applicant answers `key`; a computed value is nobody's to correct."""
        question = self.spec.field_by_key.get(key)
        return question is not None and question.type.asks

    def flat(self, row: AnswerRow) -> str:
        return flat(row)

    @cached_property
    def complements(self) -> list[Complement]:
        return list(self.case.complements.select_related("asked_by"))

    @property
    def open_complement(self) -> Complement | None:
        if self.case.status != CaseStatus.AWAITING_APPLICANT:
            return None
        return next((one for one in self.complements if one.answered_at is None), None)

    @cached_property
    def _answered(self) -> Complement | None:
        return next((one for one in reversed(self.complements) if one.answered_at), None)

    def asked(self) -> list[tuple[str, str, str]]:
        """Return what the open complement asks: label, reason and note."""
        complement = self.open_complement
        if complement is None:
            return []
        labels = {piece.key: piece.label for piece in engine.all_pieces(self.spec, self.language)}
        reasons = {one["code"]: pick(one["label"], self.language) for one in self.reasons}
        return [
            (
                labels.get(item["key"], item["key"])
                if item["kind"] == "piece"
                else engine.label_of(self.spec, item["key"], self.language),
                reasons.get(item.get("reason"), ""),
                item.get("note", ""),
            )
            for item in complement.items
        ]

    @property
    def reasons(self) -> list[Mapping[str, Any]]:
        return list((self.source.get("complement") or {}).get("reasons") or [])

    @property
    def motives(self) -> list[Mapping[str, Any]]:
        return list((self.source.get("refusal") or {}).get("motives") or [])

    @cached_property
    def pieces(self) -> list[Piece]:
        """The slots that these answers call for, then any other that holds a file."""
        since = self._answered.asked_at if self._answered else None
        found: dict[str, list[tuple[Attachment, bool]]] = {}
        seen = seen_steps(self.standing)
        for file in self._files:
            if file.slot.startswith(BESIDE) or (seen and file.slot not in seen):
                continue
            is_new = since is not None and file.created_at > since
            found.setdefault(file.slot, []).append((file, is_new))
        called = engine.pieces(self.spec, self.case.answers, self.language)
        labels = slot_labels(self.spec.source, self.language)
        labels |= {piece.key: piece.label for piece in engine.all_pieces(self.spec, self.language)}
        keys = [piece.key for piece in called if piece.required or piece.key in found]
        keys = [key for key in keys if not seen or key in seen]
        keys += [slot for slot in found if slot not in keys]
        return [Piece(key, labels.get(key, key), found.get(key, [])) for key in keys]

    @cached_property
    def _files(self) -> list[Attachment]:
        return list(attachments.for_owner(cases.attachment_owner(self.case)))

    @property
    def discharges(self) -> list[Attachment]:
        """What the person signed when the act was handed over."""
        return [file for file in self._files if file.slot == handover.SLOT]

    @property
    def files(self) -> list[Attachment]:
        """The files of the pieces, in their order on the page."""
        return [file for piece in self.pieces for file, _is_new in piece.files]

    def viewer(self, query: Mapping[str, str], kept: str = "") -> Viewer | None:
        """Return the piece to show: the one asked for, otherwise the first."""
        wanted = query.get("piece", "")
        files = self.files
        file = next((one for one in files if str(one.pk) == wanted), files[0] if files else None)
        return Viewer.read(self.case.reference, file, query, kept=kept) if file else None

    @property
    def first_view(self) -> Viewer | None:
        return self.viewer({})

    @cached_property
    def intake(self) -> Intake | None:
        """How the request came, if it was opened at a counter."""
        return getattr(self.case, "intake", None)

    @property
    def seen_on_paper(self) -> list[str]:
        return self.intake.pieces_seen if self.intake else []

    @property
    def is_open(self) -> bool:
        return self.case.status in OPEN

    @cached_property
    def circuit(self) -> CircuitFile:
        """Where the case stands: stages done, open now, still to come."""
        return CircuitFile(self.standing, self.language)

    @cached_property
    def holds(self) -> list[reserved.Held]:
        return reserved.of_case(self.case, self.standing.actor)

    @property
    def stages(self) -> list[StageMark]:
        return self.circuit.marks

    @property
    def proposal(self) -> Decision | None:
        """What an earlier stage proposed, while it is not decided."""
        decision = getattr(self.case, "decision", None)
        return decision if decision is not None and decision.decided_at is None else None

    @cached_property
    def turned_back(self) -> TurnedBack | None:
        """Why the case is examined again, while it is."""
        return turned_back.of(self.case, self.standing.tasks) if self.is_open else None

    @property
    def decision(self) -> Decision | None:
        decision = getattr(self.case, "decision", None)
        return decision if decision is not None and decision.decided_at is not None else None

    @property
    def motive(self) -> str:
        decision = getattr(self.case, "decision", None)
        return pick(decision.motive_label, self.language) if decision else ""

    @property
    def outcome(self) -> str:
        decision = getattr(self.case, "decision", None)
        return str(Outcome(decision.outcome).label) if decision else ""

    @cached_property
    def expected(self) -> Expected | None:
        """What the applicant is called to next: an appointment, a hearing."""
        return expected.next_for(self.case) if self.is_open else None

    @property
    def has_act(self) -> bool:
        return bool(self.source.get("documents"))

    @property
    def has_other_offices(self) -> bool:
        return len(self.source["offices"]) > 1

    @property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def timeline(self) -> list[Entry]:
        events = list(self.case.events.select_related("actor"))
        return [
            Entry(
                at=event.at,
                title=str(wording.EVENTS.get(event.action, event.action)),
                actor=self._signed(event),
                note=wording.note(event),
                state="current" if event is events[-1] else "done",
            )
            for event in events
        ]

    def _signed(self, event: CaseEvent) -> str:
        """Return who acted, with the function signed in nearest to that moment, and for whom."""
        if event.actor is None:
            return ""
        signed = [
            (abs(task.done_at - event.at), task.signed_as)
            for task in self.standing.tasks
            if task.done_by_id == event.actor_id and task.done_at
        ]
        name = with_function(event.actor, min(signed)[1] if signed else "")
        if not event.data.get("for"):
            return name
        return _("%(name)s for %(absent)s") % {"name": name, "absent": event.data["for"]}

    @cached_property
    def conversation(self) -> list[Letter]:
        """What was written to and by the applicant; nothing for an office that sees one stage only."""
        if seen_steps(self.standing):
            return []
        return letters.letters(self.case.messages.select_related("author"), self._files)

    @property
    def status(self) -> tuple[str, str]:
        return wording.status(self.case.status)

    @property
    def age(self) -> str:
        return wording.age(self.case.filed_at)

    @property
    def late(self) -> str:
        return wording.age(self.case.due_at) if self.case.is_overdue else ""

    @property
    def holder(self) -> str:
        """Who has the case now, in a sentence."""
        task = self.standing.open_task
        if task is None:
            return ""
        if task.assignee is None:
            return _("Nobody has taken it yet.")
        if task.assignee_id == self.standing.actor.pk:
            return _("You have it.")
        return _("%(name)s has it.") % {"name": task.assignee}


def file_named(standing: Standing, piece: uuid.UUID) -> Attachment | None:
    """Return a file of this case by its key, if this person may see its slot."""
    owned = attachments.for_owner(cases.attachment_owner(standing.case))
    if seen := seen_steps(standing):
        owned = owned.filter(slot__in=seen)  # letters and discharges are in no stage
    return owned.filter(pk=piece).first()
