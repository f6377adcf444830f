"""Canned texts: which there are, what may be filled into them, and the text for one case."""

import re
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from eservices.cases.models import Case
from eservices.cases.papers import tracking_url
from eservices.casework.models import CannedKind, CannedText
from portal.accounts.models import User
from portal.core.texts import pick

PLACE = re.compile(r"\{([a-z_]+)\}")
PLACES = {
    "applicant": _("name of the applicant"),
    "reference": _("number of the request"),
    "service": _("name of the service"),
    "office": _("name of the office"),
    "office_phone": _("phone of the office"),
    "due": _("day the answer is due"),
    "agent": _("your name"),
    "link": _("address where the request is followed"),
}


def offered(kind: str, office_id: int) -> list[CannedText]:
    return list(CannedText.objects.offered(kind, office_id))


def at_a_stage(office_id: int, *, refuses: bool) -> list[CannedText]:
    """Return what may be written at the end of a stage, refusals first where it may propose one."""
    kinds = [CannedKind.REFUSAL, CannedKind.OPINION] if refuses else [CannedKind.OPINION]
    return [text for kind in kinds for text in offered(kind, office_id)]


def filled(canned: CannedText, case: Case, *, agent: User) -> str:
    """Return the text in the applicant's language, with what is known of the case filled in.

    An opinion is read at the desk: it stands in the language in which the desk is read.
    """
    is_internal = canned.kind == CannedKind.OPINION
    language = (get_language() or settings.LANGUAGE_CODE) if is_internal else case.language
    with translation.override(language):
        values = {
            "applicant": case.applicant_name,
            "reference": case.reference,
            "service": case.eservice.title_in(language),
            "office": case.office.name_in(language),
            "office_phone": case.office.phone,
            "due": date_format(case.due_at) if case.due_at else "",
            "agent": str(agent),
            "link": tracking_url(case),
        }
    text = pick(canned.text, language)
    # What nobody can fill stays visible, such as a phone that the office has not: the agent sees it
    # before it is sent.
    return PLACE.sub(lambda found: values.get(found[1]) or found[0], text)


def unknown_places(texts: Mapping[str, str]) -> list[str]:
    """Return the places named in `texts` that nothing fills."""
    named = {name for text in texts.values() for name in PLACE.findall(text)}
    return sorted(named - set(PLACES))


def chosen(pk: str, among: Iterable[CannedText]) -> CannedText | None:
    """Return the text with this key if it is one of those offered."""
    return next((text for text in among if str(text.pk) == pk), None)


def below(before: str, text: CannedText | None, case: Case, *, agent: User) -> str:
    """Return what was typed already, with the chosen text under it."""
    more = filled(text, case, agent=agent) if text is not None else ""
    return f"{before.strip()}\n\n{more}".strip()
