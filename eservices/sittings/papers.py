"""The papers of a sitting: the summons, the minutes, and the report that everybody may read."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from eservices.documents import services as documents
from eservices.documents.marking import mark_of, marked
from eservices.formdefs.reading import fold
from eservices.sittings import agenda
from eservices.sittings.models import AgendaItem, Sitting, SittingMember, Verdict
from portal.accounts.models import Role, User
from portal.core.texts import pick

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")


def minutes(sitting: Sitting, items: Sequence[AgendaItem], *, signer: User) -> dict[str, Any]:
    """Return the order for the record of decisions: number, dossier, decision, who, by when."""
    with override("fr"):
        present = [str(one.user) for one in sitting.members.filter(is_present=True)]
        rows = [
            [
                str(number),
                f"{item.title} ({item.case.reference})",
                told(item),
                item.responsible,
                date_format(item.due_on, "SHORT_DATE_FORMAT") if item.due_on else "",
            ]
            for number, item in enumerate(items, start=1)
        ]
        data = {
            "place": sitting.place,
            "signer_title": signer.function_in(sitting.office_id, Role.CHIEF),
            "paragraphs": [opening(sitting)],
            "lines": [
                [_("Present"), ", ".join(present) or "—"],
                [_("Agenda"), sitting.digest[:16]],
            ],
            "table": {
                "headers": [_("No."), _("Dossier"), _("Decision"), _("Responsible"), _("By")],
                "rows": rows,
            },
        }
        return {
            "kind": "generic",
            "office": sitting.office,
            "series": "RD",
            "title": _("Record of decisions"),
            "data": data,
            "language": "fr",
            "subject": str(sitting)[:200],
            "owner": sitting.owner_key,
            "signer": str(signer),
            "key": sitting.owner_key,
        }


def convocation(member: SittingMember) -> bytes:
    """Return the letter that calls a member, with the agenda; what is classified has no title.

    It travels by post and by hand: the titles that it leaves out are read at the desk.
    """
    sitting, language = member.sitting, member.user.language or "fr"
    with override(language):
        items = sitting.items.order_by("position", "pk")
        rows = [
            [str(number), _("Classified") if item.is_classified else item.title, item.group]
            for number, item in enumerate(items, start=1)
        ]
        data = _head(sitting, language) | {
            "title": _("Summons: %(body)s") % {"body": sitting.body},
            "at": sitting.frozen_at,
            "lines": [
                [_("Member called"), str(member.user)],
                *_when_and_where(sitting),
                [_("Called by"), _who_freezes(sitting)],
            ],
            "table": {"headers": [_("No."), _("Dossier"), _("On behalf of")], "rows": rows},
            "closing": _("Read the dossiers at the agents' desk, under “Sittings”."),
        }
        return documents.acknowledgement(data, language)


def agenda_sheet(
    sitting: Sitting, *, reader: User, withheld: Container[int], language: str
) -> bytes:
    """Return the agenda to lay on the table, with the name of its reader on every page.

    Of the items in `withheld` it has the number only.
    """
    with override(language):
        rows = [
            [str(number), _("Confidential dossier"), "", ""]
            if item.pk in withheld
            else [str(number), item.title, item.group, _part(item, language)]
            for number, item in enumerate(_items(sitting).order_by("position", "pk"), start=1)
        ]
        frozen = sitting.frozen_at and _local(sitting, sitting.frozen_at)
        state = (
            [_("Agenda frozen"), f"{date_format(frozen, 'j F Y, H:i')} – {_who_freezes(sitting)}"]
            if frozen
            else [_("State"), str(sitting.get_status_display())]
        )
        headers = [_("No."), _("Dossier"), _("On behalf of"), _("Part of the agenda")]
        data = _head(sitting, language) | {
            "title": _("Agenda: %(body)s") % {"body": sitting.body},
            "at": timezone.now(),
            "lines": [*_when_and_where(sitting), state],
            "table": {"headers": headers, "rows": rows},
        }
        return marked(documents.acknowledgement(data, language), "application/pdf", mark_of(reader))


def report(sitting: Sitting) -> dict[str, Any]:
    """Return the public report: title, day, first sentences, sections with groups and sentences.

    What is classified is not in it, nor what was not adopted.
    """
    items = [item for item in _items(sitting) if item.is_adopted and not agenda.is_secret(item)]
    with override("fr"):
        local = _local(sitting, sitting.starts_at)
        return {
            "title": _("Report of the sitting of %(day)s – %(body)s")
            % {"day": date_format(local), "body": sitting.body},
            "day": local.date().isoformat(),
            "opening": opening(sitting),
            "sections": _sections(items),
        }


def slips(sitting: Sitting, made: Mapping[str, Any]) -> list[AgendaItem]:
    """Return the classified items that a text of the report names by their title or number."""
    said = fold(json.dumps(made, ensure_ascii=False, default=str))
    return [
        item
        for item in _items(sitting)
        if agenda.is_secret(item)
        and any(fold(words) in said for words in (item.title, item.case.reference) if words)
    ]


def _head(sitting: Sitting, language: str) -> dict[str, Any]:
    return {
        "office": sitting.office.name_in(language),
        "contact": sitting.office.address,
        "country": sitting.office.country,
    }


def _when_and_where(sitting: Sitting) -> list[list[str]]:
    start = _local(sitting, sitting.starts_at)
    return [
        [_("Day"), date_format(start, "l j F Y")],
        [_("Hour"), date_format(start, "H:i")],
        [_("Place"), sitting.place],
        [_("Chaired by"), sitting.chair],
    ]


def _who_freezes(sitting: Sitting) -> str:
    """Return who froze the agenda, and so called the members, with the function of that person."""
    if sitting.frozen_by is None:
        return ""
    function = sitting.frozen_by.function_in(sitting.office_id, Role.CHIEF)
    return ", ".join(filter(None, [str(sitting.frozen_by), function]))


def _part(item: AgendaItem, language: str) -> str:
    """Return the part of the agenda as the e-service calls it in `language`."""
    parts = (agenda.rule_of(item.case) or {}).get("sections") or []
    named = {str(one["key"]): pick(one["label"], language) for one in parts}
    return named.get(item.section, item.section_title)


def _items(sitting: Sitting) -> QuerySet[AgendaItem]:
    return sitting.items.select_related("case__version", "case__eservice")


def told(item: AgendaItem) -> str:
    """Return what was decided of the item, as the record says it."""
    label = str(Verdict(item.verdict).label)
    return f"{label}. {item.text}" if item.text else label


def opening(sitting: Sitting) -> str:
    """Return the sentence that such reports start with."""
    start = _local(sitting, sitting.starts_at)
    end = _local(sitting, sitting.ends_at) if sitting.ends_at else None
    return _(
        "%(body)s met in %(place)s on %(day)s, from %(start)s to %(end)s, chaired by %(chair)s."
    ) % {
        "body": sitting.body,
        "place": sitting.place,
        "day": date_format(start, "l j F Y"),
        "start": date_format(start, "H:i"),
        "end": date_format(end, "H:i") if end else "…",
        "chair": sitting.chair,
    }


def _sections(items: list[AgendaItem]) -> list[dict[str, Any]]:
    """Return the sections in the order of the e-service, each with its groups in agenda order."""
    order: list[str] = []
    for item in items:
        order += [key for key in agenda.section_order(item.case) if key not in order]
    order += [item.section for item in items if item.section not in order]
    sections: list[Any] = []
    for key in dict.fromkeys(order):
        own = [item for item in items if item.section == key]
        if own:
            number = ROMAN[min(len(sections), len(ROMAN) - 1)]
            title = f"{number}. {own[0].section_title or _('Decisions')}".upper()
            sections.append({"title": title, "groups": _groups(own)})
    return sections


def _groups(items: Iterable[AgendaItem]) -> list[dict[str, Any]]:
    groups: dict[str, list[AgendaItem]] = {}
    for item in items:
        groups.setdefault(item.group, []).append(item)
    return [
        {
            "title": _("On behalf of: %(group)s") % {"group": name} if name else "",
            "sentences": [item.text or item.title for item in own],
        }
        for name, own in groups.items()
    ]


def _local(sitting: Sitting, at: Any) -> Any:
    return timezone.localtime(at, ZoneInfo(sitting.office.time_zone))
