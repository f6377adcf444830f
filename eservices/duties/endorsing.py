"""Endorsements: what the e-service lets a host confirm, what was confirmed, and its only writer.

A rule of `endorsements` is followed once per row of its group `each`, or once for the whole act:
`{key, label, each, place, from, marks: [{key, label, button}], shows, help, duty}`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.cases.models import Case, CaseStatus
from eservices.catalog import services as catalog
from eservices.documents.letters import fill
from eservices.documents.models import DocumentStatus
from eservices.duties.models import ENDORSED, Duty, Endorsement
from eservices.formdefs import engine
from portal.core.errors import PortalError
from portal.core.expressions import compile_expression, dates
from portal.core.texts import pick

ACCEPTED = ["pdf", "jpeg", "png"]
MAX_MB = 5


class EndorsementRefused(PortalError):
    code = "endorsement_refused"


@dataclass(frozen=True)
class Mark:
    """One thing to confirm at a place, and who confirmed it."""

    key: str
    label: str
    button: str
    given: Endorsement | None


@dataclass(frozen=True)
class Place:
    rule: str
    number: int
    label: str
    opens_on: date | None
    marks: list[Mark] = field(default_factory=list)

    @property
    def missing(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.given is None]

    @property
    def is_early(self) -> bool:
        return self.opens_on is not None and timezone.localdate() < self.opens_on


def rules_of(case: Case) -> list[Mapping[str, Any]]:
    return list(catalog.compiled(case.version).source.get("endorsements") or [])


def places(case: Case, language: str | None = None) -> list[Place]:
    """Return each place where something is to be confirmed, with what was; two queries at most."""
    rules = rules_of(case)
    if not rules:
        return []
    spec = catalog.compiled(case.version)
    given = {(one.key, one.place, one.mark): one for one in case.endorsements.all()}
    answers = engine.computed(spec, case.answers)
    texts = _texts(case, language)
    return [
        _place(rule, number, row, answers, texts, given, language)
        for rule in rules
        for number, row in enumerate(_rows(rule, answers))
    ]


def places_for(duty: Duty) -> list[Place]:
    """Return the places that this thing owed is about."""
    keys = {rule["key"] for rule in rules_of(duty.case) if rule.get("duty") == duty.key}
    return [one for one in places(duty.case) if one.rule in keys] if keys else []


def buttons(found: list[Place]) -> list[Mark]:
    """Return one mark of each kind that a place still lacks, in the order of the rules."""
    order = list(dict.fromkeys(mark.key for place in found for mark in place.marks))
    lacking = {mark.key: mark for place in found for mark in place.missing}
    return [lacking[key] for key in order if key in lacking]


def missing(duty: Duty) -> list[str]:
    """Return what no host confirmed of that which this thing owed asks for, in words."""
    return [_told(mark, place) for place in places_for(duty) for mark in place.missing]


def refusal(case: Case) -> str:
    """Return why nothing can be confirmed for this case now; empty when something can."""
    document = getattr(getattr(case, "decision", None), "document", None)
    if case.status not in (CaseStatus.GRANTED, CaseStatus.CLOSED) or document is None:
        return _("This document has no value at the moment. Call the office that issued it.")
    if document.status == DocumentStatus.CANCELLED:
        return _("This document is cancelled: it has no value any more. There is nothing to do.")
    return ""


def endorse(
    case: Case,
    *,
    rule: str,
    place: int,
    mark: str,
    name: str,
    function: str,
    phone: str = "",
    upload: UploadedFile | None = None,
) -> Endorsement:
    """Write down what a host confirms now, once; all of it or nothing.

    :raises EndorsementRefused: with what to do; :raises UploadRefused: naming the file.
    """
    at, wanted = _wanted(case, rule, place, mark)
    if phone and phone == case.phone:
        raise EndorsementRefused(
            _("Who travels cannot confirm it: the host gives their own number.")
        )
    aside = f"endorsement:{uuid.uuid4()}"
    files = [upload] if upload else []
    attachments.store_all(files, owner=aside, slot="host", accept=ACCEPTED, max_mb=MAX_MB)
    try:
        with transaction.atomic():
            made = Endorsement.objects.create(
                case=case, key=rule, place=place, mark=mark, place_label=at.label[:200],
                name=name, function=function, phone=phone,
            )  # fmt: skip
            attachments.move(aside, cases.attachment_owner(case), slot=f"{ENDORSED}{rule}")
            note = f"{_told(wanted, at)}: {name}, {function}"
            data = {"rule": rule, "place": place, "mark": mark}
            cases.note_origin(case, action="endorsed", note=note, data=data)
    except IntegrityError as exc:  # two clicks, or two hosts: the first stands
        attachments.remove_all(aside)
        raise EndorsementRefused(_("This was confirmed already.")) from exc
    return made


def _told(mark: Mark, place: Place) -> str:
    return f"{mark.label} – {place.label}" if place.label else mark.label


def _wanted(case: Case, rule: str, place: int, mark: str) -> tuple[Place, Mark]:
    if told := refusal(case):
        raise EndorsementRefused(told)
    found = [one for one in places(case) if (one.rule, one.number) == (rule, place)]
    marks = [one for at in found for one in at.marks if one.key == mark]
    if not marks:
        raise EndorsementRefused(_("Choose the place, then press one of the buttons."))
    if (opens_on := found[0].opens_on) and found[0].is_early:
        day = date_format(opens_on, "DATE_FORMAT")
        raise EndorsementRefused(_("Nothing can be confirmed here before %(day)s.") % {"day": day})
    if marks[0].given is not None:
        raise EndorsementRefused(_("This was confirmed already."))
    return found[0], marks[0]


def _place(
    rule: Mapping[str, Any],
    number: int,
    row: Mapping[str, Any] | None,
    answers: Mapping[str, Any],
    texts: tuple[Mapping[str, str], Mapping[str, list[Mapping[str, str]]]],
    given: Mapping[tuple[str, int, str], Endorsement],
    language: str | None,
) -> Place:
    whole, rows = texts
    said = rows.get(rule.get("each") or "", [])
    own = said[number] if row is not None and number < len(said) else {}
    since = rule.get("from")
    return Place(
        rule=rule["key"],
        number=number,
        label=fill(pick(rule.get("place"), language), {**whole, **own}).strip(),
        opens_on=dates.parse(compile_expression(since).value(answers, row=row)) if since else None,
        marks=[
            Mark(
                key=one["key"],
                label=pick(one["label"], language),
                button=pick(one.get("button") or one["label"], language),
                given=given.get((rule["key"], number, one["key"])),
            )
            for one in rule["marks"]
        ],
    )


def _rows(rule: Mapping[str, Any], answers: Mapping[str, Any]) -> list[Mapping[str, Any] | None]:
    if not rule.get("each"):
        return [None]
    return [row for row in answers.get(rule["each"]) or [] if isinstance(row, Mapping)]


def _texts(
    case: Case, language: str | None
) -> tuple[dict[str, str], dict[str, list[Mapping[str, str]]]]:
    """Return the answers as people read them, by key; and those of each row of each group."""
    whole: dict[str, str] = {}
    rows: dict[str, list[Mapping[str, str]]] = {}
    spec = catalog.compiled(case.version)
    for section in engine.summary(spec, case.answers, language or get_language() or case.language):
        for row in section.rows:
            whole[row.key] = row.text
            rows[row.key] = [
                {cell.key.rpartition(".")[2]: cell.text for cell in group} for group in row.rows
            ]
    return whole, rows
