"""SV-01 to SV-01b: a record not found gives a certificate, and the way to the deed of notoriety."""

import pytest
import yaml

from eservices.cases import issuing, tracking
from eservices.cases import services as cases
from eservices.catalog import services as catalog
from eservices.codelists.sample import load_sample_lists
from eservices.formdefs import engine
from portal.accounts.models import Role
from tests.factories import AgentFactory, OfficeFactory
from tests.formdefs.builders import SAMPLES, sample


@pytest.fixture
def offices(db):
    codes = "djibouti-central boulaos balbala ali-sabieh dikhil tadjourah obock"
    load_sample_lists()
    return {code: OfficeFactory(code=f"dj-{code}") for code in codes.split()}


def published(name):
    return catalog.publish(yaml.safe_load((SAMPLES / f"{name}.yaml").read_text()))


def opened(version, name, **changes):
    base = sample(name)["tests"][0]["answers"] | changes
    spec = catalog.compiled(version)
    answers = engine.computed(spec, engine.prune(spec, base))
    case = cases.open_case(
        version=version, applicant=cases.Applicant(name="Hodan Abdi"), answers=answers
    )
    cases.confirm_payment(case)
    return case


def test_a_record_not_found_gives_a_certificate_and_proposes_the_deed(offices):
    published("acte-notoriete")
    case = opened(published("extrait-acte-naissance"), "extrait-acte-naissance")
    agent = AgentFactory(office=offices["balbala"])
    chief = AgentFactory(office=offices["balbala"], role=Role.CHIEF)
    cases.take(case, actor=agent)
    found = {"search_result": "not_found", "registers_searched": "Balbala, 1960 à 1966"}
    case = tracking.find(case.reference)
    cases.complete(case, actor=agent, stage="search", outcome="granted", values=found)
    case = tracking.find(case.reference)
    cases.take(case, actor=chief)
    case = tracking.find(case.reference)
    cases.grant(case, actor=chief)
    case = tracking.find(case.reference)
    assert issuing._recipe(case)["key"] == "fruitless_search"
    ((words, service),) = tracking.overview(case, "fr")["follow_up"]
    assert service.slug == "acte-notoriete"
    assert "acte de notoriété" in words


def test_the_hearing_needs_six_assessors_who_are_no_witnesses(offices):
    case = opened(published("acte-notoriete"), "acte-notoriete")
    spec = catalog.desk_form(case.version)
    entries = sample("acte-notoriete")["lists"]["assessors"]
    names = [one["value"] for one in entries if one["parent"] == "dj-tadjourah"][:6]
    other = next(one["value"] for one in entries if one["parent"] == "dj-obock")
    sitting = {"hearing_day": "2026-11-02", "hearing_place": "Tadjourah", "minutes": "Entendus."}

    def faults(people):
        rows = [{"assessor_name": name} for name in people]
        answers = {**case.answers, **sitting, "assessors": rows}
        found = engine.check(spec, answers)
        return {path.partition(".")[0] for path in found} & {"assessors"}

    assert faults(names) == set()
    assert faults(names[:5]) == {"assessors"}
    assert faults([*names[:5], names[0]]) == {"assessors"}
    assert faults([*names[:5], other]) == {"assessors"}  # a notable of another district
    case.answers["witnesses"][0]["name"] = names[3]
    assert faults(names) == {"assessors"}  # who testifies does not judge
