"""The shipped circuits walked from filing to act, with what agents find: the text of the act says it."""

import pytest
import yaml

from eservices.cases import issuing, tracking
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.catalog import services as catalog
from eservices.codelists.sample import load_sample_lists
from eservices.formdefs import engine
from eservices.payments import services as payments
from portal.accounts.models import Role
from tests.factories import AgentFactory, OfficeFactory
from tests.formdefs.builders import SAMPLES, sample
from tests.people import make_agent

GRANT = "granted"
SEEN = {"original_seen": True}
FOUND = {"search_result": "found", "found_number": "1204", "found_year": 1964}
CONVICTED = [
    {
        "sentenced_on": "2019-02-03",
        "sentencing_court": "Cotonou",
        "offence": "Vol",
        "sentence": "6 mois",
    }
]
WAYS = {
    "extrait-acte-naissance": ([("search", GRANT, FOUND)], ["1204", "vers mil neuf cent soixante-quatre"]),
    "casier-judiciaire-b3": (
        [("search", GRANT, {"record_result": "namesake"}), ("prosecutor", "same_person", {}),
         ("search", GRANT, {"record_result": "convictions", "convictions": CONVICTED})],
        ["6 mois", "3 février 2019"],
    ),
    "casier-judiciaire-bf": ([("search", GRANT, {"record_result": "none"})], ["B12345678", "burkinabè"]),
    "certificat-nationalite": (
        [("registry", GRANT, {"genuine": "seen"})], ["par filiation", "SAWADOGO Noufou"],
    ),
    "certificat-nationalite-ci": ([("registry", GRANT, {})], ["par filiation", "Bouaké"]),
    "certificat-residence": (
        [("quarter", "resident", {}), ("identity", GRANT, {"record_number": "F-12"})],
        ["F-12", "Fidjrossè", "1234567890"],
    ),
    "passeport": (
        [("check", "complete", {}), ("enrolment", "absent", {}),
         ("enrolment", "present", {"enrolled_on": "2026-11-20"}),
         ("production", GRANT, {"pickup_day": "2099-12-08"})],
        ["8 décembre 2099", "20 novembre 2026"],
    ),
    "duplicata-permis": (
        [("file_check", "not_found", {}), ("search", "found", {"found_licence": "AB-77"}),
         ("biometrics", "present", {})],
        ["AB-77"],
    ),
    "permis-de-construire": (
        [("admissibility", "admissible", {}), ("opinion_commune", "favourable", {}),
         ("opinion_domains", "favourable", {}), ("opinion_dgaic", "favourable", {}),
         ("commission", GRANT, {"prescriptions": "Recul de 3 m."}), ("balance", "paid", 22500)],
        ["Recul de 3 m.", "Article 3", "catégorie A"],
    ),
    "legalisation": ([("visit", GRANT, SEEN)], ["Diplôme"]),
}  # fmt: skip


def opened(name):
    load_sample_lists()
    definition = yaml.safe_load((SAMPLES / f"{name}.yaml").read_text())
    for code in {*definition["offices"], *catalog.lint.office_codes(definition)}:
        OfficeFactory(code=code)
    version = catalog.publish(definition)
    spec = catalog.compiled(version)
    base = sample(name)["tests"][0]["answers"]
    answers = engine.computed(spec, engine.prune(spec, base))
    applicant = cases.Applicant(name="Essai", phone="+2290197000001")
    case = cases.open_case(version=version, applicant=applicant, answers=answers)
    if case.payment:
        cases.confirm_payment(case)
    return case


def settle(case, stage, amount):
    """The applicant pays what a stage of payment asks for."""
    order = cases.bill(case, actor=None, stage=stage)
    assert order.payment.amount == amount
    office = case.office
    payments.pay_cash(order.payment, cashier=make_agent(office, "cashier"), office=office)
    cases.settle_order(order.payment_id)
    case.refresh_from_db()


def pass_stage(case, stage, outcome, values):
    if outcome == "paid":
        return settle(case, stage, values)
    task = case.tasks.get(stage=stage, status="open")
    agent = task.assignee or AgentFactory(office=task.office, role=task.role)
    if task.assignee is None:
        cases.take(case, actor=agent, stage=stage)
        case.refresh_from_db()
    words = {"reason": "Dit en clair.", "values": values or None}
    cases.complete(case, actor=agent, stage=stage, outcome=outcome, **words)
    case.refresh_from_db()


@pytest.mark.django_db
@pytest.mark.parametrize("name", WAYS)
def test_from_filing_to_act(name):
    moves, words = WAYS[name]
    case = opened(name)
    for stage, outcome, values in moves:
        pass_stage(case, stage, outcome, values)
    chief = AgentFactory(office=case.office, role=Role.CHIEF)
    assert case.stage == "signature"
    cases.take(case, actor=chief)
    cases.grant(tracking.find(case.reference), actor=chief)
    case = tracking.find(case.reference)
    order = issuing._order(case, issuing._recipe(case), signer=None)
    said = repr((order["title"], order["data"]))
    assert [word for word in words if word not in said] == []
    assert "{" not in repr(list(order["data"].get("paragraphs", [])))


@pytest.mark.django_db
def test_nobody_grants_a_copy_whose_original_was_not_seen():
    case = opened("legalisation")
    agent = AgentFactory(office=case.office)
    cases.take(case, actor=agent)
    with pytest.raises(BadRequest, match="Cochez d'abord"):
        cases.complete(case, actor=agent, stage="visit", outcome="granted", values={})
    refused = {"motive": "no_original", "reason": "Pas d'original."}
    cases.complete(case, actor=agent, stage="visit", outcome="refused", **refused)
