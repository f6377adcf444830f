"""The papers of a request besides its act: acknowledgement, receipt, summons, refusal."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from eservices.cases import expected, issuing
from eservices.cases.models import Case
from eservices.cases.services import appeal_deadline
from eservices.catalog import services as catalog
from eservices.documents import services as documents
from eservices.formdefs import engine, standing
from eservices.payments.models import Payment
from portal.accounts.models import User
from portal.core.money import Money
from portal.core.texts import pick, with_function


def acknowledgement(case: Case, language: str) -> bytes:
    """Return the legal acknowledgement (CIV-2) as a PDF: number, date, hour, office, delay, recourse."""
    with translation.override(language):
        return documents.acknowledgement(_acknowledgement_data(case, language), language)


def paid(case: Case, reference: str = "") -> Payment | None:
    """Return a paid debt of the case: that of a stage by its reference, else the fee of the filing."""
    if not reference:
        return case.payment if case.payment and case.payment.paid_at else None
    order = case.orders.paid().filter(payment__reference=reference).select_related("payment")
    found = order.first()
    return found.payment if found else None


def receipt(case: Case, language: str, *, payment: Payment | None = None) -> bytes:
    """Return the receipt of a paid debt as a PDF: that of the filing unless another is given."""
    with translation.override(language):
        payment = payment or case.payment
        assert payment is not None
        assert payment.paid_at is not None
        data = _common(case, language) | {
            "at": payment.paid_at,
            "receipt_number": payment.receipt_number,
            "payer": case.applicant_name,
            "paid_at": _moment(case, payment.paid_at),
            "fee_lines": _lines(payment, language),
            "total": str(payment.money),
            "closing": _("No other sum may be asked of you."),
        }
        return documents.receipt(data, language)


def refusal(case: Case, language: str) -> bytes | None:
    """Return the refusal as a PDF: motive, what to do, until when it may be contested, and how.

    None when the case is not refused.
    """
    until = appeal_deadline(case)
    decision = getattr(case, "decision", None)
    if until is None or decision is None:
        return None
    with translation.override(language):
        spec = case.version.spec.get("refusal") or {}
        motive: dict[str, Any] = next(
            (one for one in spec.get("motives") or [] if one.get("code") == decision.motive), {}
        )
        contest = _("You may contest this decision until %(day)s.") % {
            "day": date_format(until, "DATE_FORMAT")
        }
        data = _common(case, language) | {
            "title": _("Refusal of the request"),
            "at": decision.decided_at,
            "filed_at": _moment(case, case.filed_at),
            "lines": [
                [_("Decided on"), _moment(case, decision.decided_at)],
                [_("Decided by"), _decider(case, decision.decided_by)],
                [_("Motive"), pick(decision.motive_label, language)],
                *(
                    [[_("What you can do"), pick(motive["help"], language)]]
                    if motive.get("help")
                    else []
                ),
                *([[_("Explanation"), decision.reason]] if decision.reason else []),
            ],
            "closing": f"{contest} {pick(spec.get('appeal'), language)}".strip(),
        }
        return documents.acknowledgement(data, language)


def summons(case: Case, language: str) -> bytes | None:
    """Return the summons to what comes next, an appointment or a hearing, as a PDF.

    Day, hour, place, what to bring, code. None when the request is not filed yet (its fee is not
    paid) or its applicant is expected nowhere.
    """
    with translation.override(language):
        called = expected.next_for(case)
        if called is None:
            return None
        place = dict.fromkeys(one for one in (called.room, called.office.address) if one)
        data = _common(case, language) | {
            "title": _("Summons to a hearing")
            if called.is_hearing
            else _("Summons to an appointment"),
            "at": case.filed_at,
            "office": called.office.name_in(language),
            "contact": called.office.address,
            "lines": [
                [_("Person expected"), case.concerned],
                [_("Day"), date_format(called.at, "l j F Y")],
                [_("Hour"), date_format(called.at, "H:i")],
                [_("Place"), ", ".join(place)],
            ],
            "table": {
                "headers": [_("Bring the originals of these papers")],
                "rows": [[one] for one in [_("This summons"), *_asked(case, language)]],
            },
            "closing": _("Show the number or the code of this summons when you arrive.")
            if called.is_hearing
            else _(
                "Show the number or the code of this summons when you arrive. If you cannot come,"
                " choose another day on the page of your request, at least 24 hours before."
            ),
        }
        return documents.acknowledgement(data, language)


def tracking_url(case: Case, language: str = "") -> str:
    """Return the address of the request's page, in the language of who files unless another is given."""
    wanted = language or case.language
    known = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(known):
        return settings.BASE_URL + reverse("tracking:case", args=[case.reference])


def _decider(case: Case, person: User | None) -> str:
    """Return who decided, with the function; the office where the clock did."""
    if person is None:
        return case.office.name_in()
    return with_function(person, issuing.signed_function(case, person))


def _asked(case: Case, language: str) -> list[str]:
    """Return the names of the pieces that these answers call for."""
    asked = engine.pieces(catalog.compiled(case.version), case.answers, language)
    return [one.label for one in asked if one.required]


def _acknowledgement_data(case: Case, language: str) -> dict[str, Any]:
    assert case.filed_at is not None
    return _common(case, language) | {
        "at": case.filed_at,
        "filed_at": _moment(case, case.filed_at),
        "deadline": _moment(case, case.due_at) if case.due_at else "",
        "next": _("With this number and your phone you can follow your request at any time."),
        "lines": _facts(case),
        "closing": pick(case.version.spec.get("refusal", {}).get("appeal"), language),
    }


def _common(case: Case, language: str) -> dict[str, Any]:
    right = standing.in_words(case.capacity, language) if case.beneficiary else ""
    return {
        "reference": case.reference,
        "service": case.eservice.title_in(language),
        "applicant": f"{case.applicant_name} ({right})" if right else case.applicant_name,
        "beneficiary": case.beneficiary,
        "office": case.office.name_in(language),
        "contact": case.office.address,
        "country": case.office.country,
        "tracking_url": tracking_url(case, language),
        "is_training": case.office.practises,
    }


def _facts(case: Case) -> list[list[str]]:
    """Return the pairs that the frame of the acknowledgement does not know."""
    facts = []
    if delay := case.version.delay_text():
        facts.append([_("Legal delay"), delay])
    if case.payment:
        facts.append([_("Fee paid"), str(case.payment.money)])
    return facts


def _lines(payment: Payment, language: str) -> list[list[str]]:
    return [
        [
            pick(line["label"], language),
            str(line["quantity"]),
            str(Money(line["unit"], payment.currency)),
            str(Money(line["amount"], payment.currency)),
        ]
        for line in payment.lines
    ]


def _moment(case: Case, at: Any) -> str:
    local = at.astimezone(ZoneInfo(case.office.time_zone))
    return date_format(local, "DATETIME_FORMAT")
