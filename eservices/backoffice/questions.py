"""The questions of an e-service that a queue can be filtered on: those with a short answer."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import JSONField, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from eservices.formdefs.spec import FieldSpec
from portal.core.texts import pick

LISTED = {"choice", "office"}
MANY = {"multi_choice"}
YES_NO = {"yes_no", "consent"}
NUMBERS = {"integer", "decimal", "money"}
DAYS = {"date", "date_time"}
WORDS = {"text", "pattern", "national_id", "partial_date", "country", "phone", "email", "time"}

RESERVED = frozenset(JSONField.get_class_lookups())


@dataclass(frozen=True)
class Asked:
    """One question: how it is offered as a filter, and what a chosen value means."""

    key: str
    label: str
    kind: str  # list, many, yes_no, range, days, words
    options: tuple[tuple[str, str], ...] = ()

    def condition(self, value: str, side: str = "") -> Q:
        """Return the cases whose answer is `value`; nonsense finds nothing."""
        path = f"answers__{self.key}"
        if side in ("min", "max"):
            limit = self._limit(value)
            suffix = "gte" if side == "min" else "lte"
            return Q(pk=None) if limit is None else Q(**{f"{path}__{suffix}": limit})
        if self.kind == "list":
            return Q(**{path: value})
        if self.kind == "many":
            # A list as JSON text: neither database compares lists in the same way.
            return Q(**{f"{path}__icontains": f'"{value}"'})
        if self.kind == "yes_no":
            return Q(**{path: value == "yes"})
        return Q(**{f"{path}__icontains": value.strip()})

    def told(self, value: str) -> str:
        return dict(self.options).get(value, value)

    def _limit(self, value: str) -> Any:
        if self.kind == "days":
            return value
        try:
            number = Decimal(value.replace(",", "."))
        except InvalidOperation:
            return None
        if not number.is_finite() or abs(number) > 10**15:
            return None
        return int(number) if number == number.to_integral_value() else float(number)


def asked_by(eservice: EService) -> tuple[Asked, ...]:
    """Return what may be filtered on, in the order of the form."""
    if eservice.current is None:
        return ()
    spec = catalog.compiled(eservice.current)
    language = get_language() or "fr"
    return tuple(one for field in spec.fields if (one := _filter(field, language)))


def _filter(field: FieldSpec, language: str) -> Asked | None:
    kind = next(
        (
            kind
            for kind, types in (
                ("list", LISTED), ("many", MANY), ("yes_no", YES_NO), ("range", NUMBERS),
                ("days", DAYS), ("words", WORDS),
            )
            if field.type.key in types
        ),
        "",
    )  # fmt: skip
    # A name that the database would take for a comparison cannot be looked up by it.
    if not kind or field.group or "__" in field.key or field.key in RESERVED:
        return None
    options = [(option.value, pick(option.label, language)) for option in field.options]
    if kind == "yes_no":
        options = [("yes", _("Yes")), ("no", _("No"))]
    label = pick(field.config.get("label"), language) or field.key
    return Asked(field.key, label, kind, tuple(options))
