"""Which office processes a request, and which one each of its stages."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.cases.circuit import Stage
from eservices.cases.errors import NoOffice
from eservices.catalog import local
from eservices.catalog.models import EServiceVersion
from portal.accounts.models import Office
from portal.core.expressions import evaluate

MOST_LEVELS = 20  # of the tree of offices


def office_for(
    version: EServiceVersion, answers: Mapping[str, Any], *, chosen: Office | None = None
) -> Office:
    """Return the open office that the applicant chose, or that the routing rule names.

    :raises NoOffice: when it does not handle this e-service, or is closed.
    """
    if chosen is not None and chosen.is_training:
        return chosen  # practises with any e-service
    if chosen is not None:
        code, codes = chosen.code, local.office_codes(version)
    else:
        codes = version.spec["offices"]
        code = evaluate(version.spec.get("routing", codes[0]), answers)
    if code in codes:
        office = Office.objects.open().select_related("calendar").filter(code=code).first()
        if office is not None:
            return office
    raise NoOffice(_("No open office can receive this request. Please choose another office."))


def stage_office(home: Office, stage: Stage, values: Mapping[str, Any]) -> Office | None:
    """Return the office that does `stage` for a case of `home`; None when the rule names none.

    The office may be closed: the caller says what becomes of its work. An exercise never leaves
    the office where it is practised.
    """
    rule = stage.office
    if rule is None or home.is_training:
        return home
    if isinstance(rule, Mapping) and "relative" in rule:
        return _relative(home, str(rule["relative"]))
    code = evaluate(rule, values)
    if not isinstance(code, str):
        return None
    return Office.objects.select_related("calendar").filter(code=code).first()


def keeps_apart(home: Office, other: Office) -> bool:
    """Tell whether a case of `home` may go to `other`: what is real and what is practice never mix."""
    return home.is_training == other.is_training


def _relative(home: Office, relative: str) -> Office | None:
    """Return the superior level: `parent`, the `top` of the tree, or the nearest of a `kind:`."""
    word, _colon, kind = relative.partition(":")
    above: list[Office] = []
    office = home.parent
    while office is not None and len(above) < MOST_LEVELS:
        above.append(office)
        office = office.parent
    if word == "kind":
        return next((one for one in [home, *above] if one.kind == kind), None)
    if not above:
        return None
    return above[-1] if word == "top" else above[0]
