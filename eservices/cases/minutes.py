"""The minutes of a hearing: one numbered document with the list of cases and what was decided."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.cases.circuit import Circuit
from eservices.cases.models import Hearing, HearingItem, HearingStatus
from eservices.documents import services as documents
from eservices.documents.models import IssuedDocument


def write(hearing_id: int) -> IssuedDocument | None:
    """Issue the minutes of a hearing that was held, once; a second call gives the same document."""
    hearing = Hearing.objects.select_related("office__calendar", "held_by").get(pk=hearing_id)
    if hearing.status != HearingStatus.HELD:
        return None
    language = settings.LANGUAGE_CODE
    with translation.override(language):
        document = documents.issue(
            kind="generic",
            office=hearing.office,
            series="PV",
            title=_("Minutes of the hearing"),
            data=_data(hearing),
            language=language,
            subject=_moment(hearing),
            owner=owner(hearing),
            signer=hearing.presided_by or str(hearing.held_by or ""),
            key=f"hearing:{hearing.pk}",
        )
    Hearing.objects.filter(pk=hearing.pk, minutes_number="").update(minutes_number=document.number)
    return document


def owner(hearing: Hearing) -> str:
    """Return the key under which the minutes are kept."""
    return f"hearing:{hearing.pk}"


def _data(hearing: Hearing) -> dict[str, Any]:
    items = list(hearing.items.select_related("task__case__version"))
    opening = _("On %(moment)s, in %(room)s, %(office)s heard the cases below.") % {
        "moment": _moment(hearing),
        "room": hearing.room,
        "office": hearing.office.name_in(),
    }
    present = [line.strip() for line in hearing.present.splitlines() if line.strip()]
    return {
        "paragraphs": [
            opening,
            *([_("Present: %(names)s.") % {"names": ", ".join(present)}] if present else []),
        ],
        "table": {
            "headers": [_("No."), _("Request"), _("Applicant"), _("Decision"), _("Reason")],
            "rows": [_row(item) for item in items],
        },
        "closing": hearing.remarks,
    }


def _row(item: HearingItem) -> list[str]:
    case = item.task.case
    stage = Circuit.of(case.version.spec).find(item.task.stage)
    outcome = stage.outcome(item.outcome) if stage else None
    return [
        str(item.position),
        case.reference,
        case.concerned,
        outcome.text if outcome else item.outcome,
        item.note,
    ]


def _moment(hearing: Hearing) -> str:
    local = hearing.starts_at.astimezone(ZoneInfo(hearing.office.time_zone))
    return date_format(local, "DATETIME_FORMAT")
