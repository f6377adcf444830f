"""What one office offers besides those that the national service names, and at which price.

The national e-service decides: it says whether communes may offer it (`local: true`) and how far
each fee may go (`ceiling`). A commune decides inside that, and names the deliberation that says so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from eservices.catalog.errors import OfferRefused
from eservices.catalog.models import EService, EServiceVersion, LocalOffer
from portal.accounts.models import Office
from portal.core.money import Money
from portal.core.texts import pick

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class LocalFee:
    """One fee of the national service that a commune may set, up to `ceiling`."""

    code: str
    label: str
    unit: int
    ceiling: int
    currency: str

    @property
    def ceiling_text(self) -> str:
        return str(Money(self.ceiling, self.currency))


def fees_to_set(version: EServiceVersion, language: str | None = None) -> list[LocalFee]:
    """Return the fees of `version` that a commune may set."""
    spec = version.spec
    return [
        LocalFee(
            code=fee["code"],
            label=pick(fee["label"], language),
            unit=fee["unit"],
            ceiling=fee["ceiling"],
            currency=spec["currency"],
        )
        for fee in spec.get("fees", [])
        if "ceiling" in fee
    ]


@transaction.atomic
def offer(
    eservice: EService, office: Office, *, fees: Mapping[str, int], deliberation: str = ""
) -> LocalOffer:
    """Let `office` handle requests of `eservice` at these fees; the others stay national.

    :raises OfferRefused: naming each fee that is not allowed, and then nothing is changed.
    """
    faults = faults_of(eservice, fees=fees, deliberation=deliberation)
    if faults:
        raise OfferRefused(_("This offer cannot be made."), errors=faults)
    found, _created = LocalOffer.objects.update_or_create(
        eservice=eservice,
        office=office,
        defaults={"fees": dict(fees), "deliberation": deliberation.strip(), "is_active": True},
    )
    return found


def withdraw(eservice: EService, office: Office) -> None:
    """Take the offer of `office` back; requests already begun keep their office and price."""
    LocalOffer.objects.filter(eservice=eservice, office=office, is_active=True).update(
        is_active=False
    )


def faults_of(
    eservice: EService, *, fees: Mapping[str, int], deliberation: str = ""
) -> dict[str, str]:
    """Return what the national service refuses in an offer, by fee code; "" is the offer itself."""
    version = eservice.current
    if version is None or not version.spec.get("local"):
        return {"": _("The national service does not let communes offer this request.")}
    allowed = {fee.code: fee for fee in fees_to_set(version)}
    faults = {}
    for code, amount in fees.items():
        fee = allowed.get(code)
        if fee is None:
            faults[code] = _("The national service does not let communes set this fee.")
        elif not 0 <= amount <= fee.ceiling:
            faults[code] = _("“%(label)s”: the national ceiling is %(ceiling)s.") % {
                "label": fee.label,
                "ceiling": fee.ceiling_text,
            }
    own = any(allowed[code].unit != amount for code, amount in fees.items() if code in allowed)
    if own and not deliberation.strip():
        faults["deliberation"] = _("Name the deliberation that sets this fee.")
    return faults


def offers_for(eservice_id: int, office_codes: Collection[str] | None = None) -> list[LocalOffer]:
    """Return the offers that stand, all or those of some offices; one query."""
    offers = LocalOffer.objects.standing().filter(eservice=eservice_id)
    if office_codes is not None:
        offers = offers.filter(office__code__in=office_codes)
    return list(offers.select_related("office"))


def offered_at(office_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return which e-services these offices offer beside the national list: (e-service, office)."""
    offers = LocalOffer.objects.standing().filter(office__in=office_ids)
    return set(offers.values_list("eservice_id", "office_id"))


def office_codes(version: EServiceVersion) -> list[str]:
    """Return the codes of every office that may handle requests filed under `version`."""
    codes = list(version.spec["offices"])
    if version.spec.get("local"):
        offers = LocalOffer.objects.standing().filter(eservice=version.eservice_id)
        codes += list(offers.values_list("office__code", flat=True))
    return list(dict.fromkeys(codes))


def counters(version: EServiceVersion) -> list[Office]:
    """Return the open offices between which a person chooses; empty when there is no choice."""
    if not version.spec.get("local"):
        return []
    offices = Office.objects.open().filter(code__in=office_codes(version))
    return sorted(offices, key=lambda office: office.name_in())


def fees_at(version: EServiceVersion, office: Office) -> dict[str, int]:
    """Return the fees that `office` sets itself, never above the ceilings of `version`."""
    found = (
        LocalOffer.objects.standing()
        .filter(eservice=version.eservice_id, office=office)
        .values_list("fees", flat=True)
        .first()
    )
    return within_ceilings(version, found or {})


def fees_in_words(version: EServiceVersion, fees: Mapping[str, int]) -> list[tuple[str, str]]:
    """Return the label and the amount of each fee that an office sets itself."""
    return [
        (fee.label, str(Money(fees[fee.code], fee.currency)))
        for fee in fees_to_set(version)
        if fee.code in fees
    ]


def within_ceilings(version: EServiceVersion, fees: Mapping[str, int]) -> dict[str, int]:
    """Return `fees` as `version` allows them: a later version may have lowered a ceiling."""
    allowed = {fee.code: fee.ceiling for fee in fees_to_set(version)} if fees else {}
    return {code: min(amount, allowed[code]) for code, amount in fees.items() if code in allowed}


def with_fees(spec: Spec, fees: Mapping[str, int]) -> dict[str, Any]:
    """Return `spec` with the fees that an office sets itself."""
    lines = [
        {**fee, "unit": fees[fee["code"]]} if fee["code"] in fees and "ceiling" in fee else fee
        for fee in spec.get("fees", [])
    ]
    return {**spec, "fees": lines}
