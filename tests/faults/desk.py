"""The office, and the look into the database: one order per line read, one JSON answer per line.

Runs beside the portal with the same settings; no trial ever ends it.
"""

import hashlib
import json
import sys
from collections import Counter as Count
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.files.storage import storages  # noqa: E402
from django.core.management import call_command  # noqa: E402

from eservices.attachments.models import Attachment  # noqa: E402
from eservices.cases import services as cases  # noqa: E402
from eservices.cases.models import Case, CaseStatus  # noqa: E402
from eservices.catalog import services as catalog  # noqa: E402
from eservices.documents.models import IssuedDocument  # noqa: E402
from eservices.filing.models import Draft  # noqa: E402
from eservices.payments.models import LedgerEntry, Payment, WebhookEvent  # noqa: E402
from eservices.payments.services import doctor  # noqa: E402
from portal.accounts.models import User  # noqa: E402
from portal.core import preparation  # noqa: E402
from portal.core.models import Counter  # noqa: E402
from portal.notifications.models import Delivery, DeliveryStatus  # noqa: E402
from portal.outbox.models import OutboxMessage  # noqa: E402
from tests.factories import AgentFactory, OfficeFactory  # noqa: E402
from tests.faults import desk_work  # noqa: E402
from tests.sample_spec import sample_definition  # noqa: E402

FILED = ("case.submitted", "payment.received")
GRANTED = (*FILED, "case.granted")
LIFE = ["open", "confirm_payment", "take", "propose", "take", "grant", "document"]
CHANNELS = ["email", "sms"]


def prepare() -> None:
    """Make the database; no trial needs the sample content, which takes minutes on a busy machine."""
    preparation.make_folders()
    call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
    User.objects.create(full_name="Personne", email="essai-personne@guichet.example")
    (Path(settings.DATA_DIR) / "sample-loaded").touch()


def set_up() -> None:
    office = OfficeFactory(code="test-office")
    AgentFactory(office=office, email="essai-agent@guichet.example")
    AgentFactory(office=office, role="chief", email="essai-chef@guichet.example")
    definition = sample_definition()
    definition["steps"][0]["fields"].append(
        {"key": "email", "type": "email", "label": {"fr": "Courriel"}}
    )
    catalog.publish(definition)


def grant(reference: str) -> None:
    """Instruct, propose, sign."""
    case = Case.objects.get(reference=reference)
    agent = User.objects.get(email="essai-agent@guichet.example")
    chief = User.objects.get(email="essai-chef@guichet.example")
    cases.take(case, actor=agent)
    cases.propose(case, actor=agent, outcome="granted")
    cases.take(case, actor=chief)
    cases.grant(case, actor=chief)


def is_settled(reference: str, stage: str) -> bool:
    """Tell whether all that follows from a payment, or from a signature, has happened."""
    kinds = FILED if stage == "filed" else GRANTED
    case = Case.objects.select_related("decision").get(reference=reference)
    if stage == "filed" and case.status == CaseStatus.AWAITING_PAYMENT:
        return False
    if stage == "granted" and case.decision.document_id is None:
        return False
    told = Delivery.objects.filter(key__contains=f":{reference}:", status=DeliveryStatus.SENT)
    return told.count() == len(kinds) * len(CHANNELS)


def is_quiet() -> bool:
    """Tell whether nothing is left to deliver but what a killed worker holds."""
    return not OutboxMessage.objects.due().exists()


def is_all_delivered() -> bool:
    return not OutboxMessage.objects.undelivered().exists()


def faults(filings: list[dict[str, Any]]) -> Iterator[str]:
    """Yield one sentence per invariant that does not hold; all filings are granted by now."""
    for filing in filings:
        found = Case.objects.filter(access_key=filing["key"])
        if len(found) != 1:
            yield f"draft {filing['key']} became {len(found)} cases"
        for case in found:
            for fault in _faults_of(case, filing["answers"]):
                yield f"{case.reference}: {fault}"
    if Case.objects.filter(eservice__slug="extrait-test").count() != len(filings):
        yield "there is another number of cases than of filings"
    yield from doctor.faults()
    yield from _series()
    yield from _left_over()


def _faults_of(case: Case, answers: dict[str, Any]) -> Iterator[str]:
    if Draft.objects.filter(pk=case.access_key).exists():
        yield "its draft is still there"
    if lost := {name for name, value in answers.items() if case.answers.get(name) != value}:
        yield f"answers lost: {lost}"
    pieces = Attachment.objects.of(cases.attachment_owner(case))
    if [piece.slot for piece in pieces] != ["id_document"]:
        yield f"pieces: {[piece.name for piece in pieces]}"
    documents = IssuedDocument.objects.of(f"case:{case.access_key}")
    if len(documents) != 1 or case.decision.document_id != documents[0].pk:
        yield f"{len(documents)} documents, the decision has {case.decision.document_id}"
    for kept in [*pieces, *documents]:
        with storages["private"].open(kept.file.name) as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != kept.sha256:
                yield f"{kept} is not what was hashed"
    yield from _faults_of_money(case)
    yield from _faults_of_history(case)


def _faults_of_money(case: Case) -> Iterator[str]:
    payment = case.payment
    entries = LedgerEntry.objects.filter(payment=payment)
    movements = sorted(entries.values_list("kind", "amount"))
    if payment.status != "succeeded" or movements != [("charge", 1000), ("due", 1000)]:
        yield f"payment {payment.status}, ledger {movements}"
    if (paid := payment.attempts.filter(state="succeeded").count()) != 1:
        yield f"{paid} attempts succeeded"


def _faults_of_history(case: Case) -> Iterator[str]:
    events = list(case.events.order_by("pk"))
    actions = [event.action for event in events]
    if actions != LIFE:
        yield f"history: {actions}"
    at = ""
    for event in events:
        if event.from_status != at:
            yield f"{event.action} began from {event.from_status!r}, not from {at!r}"
        at = event.to_status
    if at != case.status:
        yield f"status {case.status} but the history ends with {at}"
    told = Delivery.objects.filter(key__contains=f":{case.reference}:")
    rows = Count(told.values_list("kind", "channel"))
    if rows != Count((kind, channel) for kind in GRANTED for channel in CHANNELS):
        yield f"told: {dict(rows)}"


def _series() -> Iterator[str]:
    """Numbers run from one to the counter's value, none twice, none left out."""
    numbers = [
        *Payment.objects.exclude(receipt_number="").values_list("receipt_number", flat=True),
        *IssuedDocument.objects.values_list("number", flat=True),
    ]
    series: dict[str, list[int]] = {}
    for number in numbers:
        name, _, last = number.rpartition("/")
        series.setdefault(name, []).append(int(last))
    for name, given in series.items():
        if sorted(given) != list(range(1, len(given) + 1)):
            yield f"series {name}: {sorted(given)}"
    counted = Counter.objects.exclude(series__startswith="x").values_list("value", flat=True)
    if sorted(counted) != sorted(map(len, series.values())):
        yield f"counters {sorted(counted)} for series {series}"


def _left_over() -> Iterator[str]:
    for message in OutboxMessage.objects.undelivered():
        yield f"not delivered: {message} ({message.attempts} attempts, {message.last_error})"
    for delivery in Delivery.objects.exclude(status=DeliveryStatus.SENT):
        yield f"not sent: {delivery}"
    for event in WebhookEvent.objects.exclude(status="done"):
        yield f"notice {event} is {event.status}"
    for draft in Draft.objects.exclude(answers={}):
        yield f"draft {draft.pk} was left behind"


ORDERS: dict[str, Callable[..., Any]] = {
    **desk_work.ORDERS,
    "prepare": prepare,
    "set_up": set_up,
    "grant": grant,
    "is_settled": is_settled,
    "is_all_delivered": is_all_delivered,
    "is_quiet": is_quiet,
    "faults": lambda filings: list(faults(filings)),
    "general_faults": lambda: [*doctor.faults(), *_series(), *_left_over()],
}


if __name__ == "__main__":
    for line in sys.stdin:
        order, *given = json.loads(line)
        print(json.dumps(ORDERS[order](*given)), flush=True)
