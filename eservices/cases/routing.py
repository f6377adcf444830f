"""Which office processes a request."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from eservices.cases.errors import NoOffice
from portal.accounts.models import Office
from portal.core.expressions import evaluate


def office_for(spec: Mapping[str, Any], answers: Mapping[str, Any]) -> Office:
    """Return the open office that the version's routing rule names for these answers.

    :raises NoOffice: when the rule names none that the e-service lists, or a closed one.
    """
    rule = spec.get("routing", spec["offices"][0])
    code = evaluate(rule, answers)
    if code in spec["offices"]:
        office = Office.objects.open().select_related("calendar").filter(code=code).first()
        if office is not None:
            return office
    raise NoOffice(_("No open office can receive this request. Please choose another office."))
