import pytest

from eservices.cases import services as cases
from eservices.cases.models import CaseStatus
from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from portal.accounts import services as accounts
from tests.people import make_agent, make_office
from tests.sample_spec import sample_definition

ANSWERS = {
    "last_name": "ABDI", "first_names": "Hawa", "phone": "+25377123456", "copies": 2, "reason": "school",
}  # fmt: skip


@pytest.fixture
def office(db):
    return make_office("test-office")


@pytest.fixture
def offices(office):
    """The case's office, the ministry above it, and the tax office."""

    def make(code):
        return accounts.save_office(
            code,
            name={"fr": code},
            calendar=office.calendar,
            country="DJ",
            time_zone="Africa/Djibouti",
        )

    ministry, tax = make("ministry"), make("tax-office")
    office.parent = ministry
    office.save()
    return {"home": office, "ministry": ministry, "tax": tax}


@pytest.fixture
def staff(offices):
    return {
        "agent": make_agent(offices["home"]),
        "second": make_agent(offices["home"]),
        "chief": make_agent(offices["home"], "chief"),
        "tax": make_agent(offices["tax"]),
        "tax_chief": make_agent(offices["tax"], "chief"),
        "ministry": make_agent(offices["ministry"]),
    }


@pytest.fixture
def person(office):
    def make(role="agent", where=None):
        return make_agent(where or office, role)

    return make


@pytest.fixture
def open_case(office):
    """Make a filed case of a free e-service, in the state its changes say."""

    def make(answers=None, **changes):
        version = catalog.publish(sample_definition(**({"fees": []} | changes)))
        applicant = Applicant(name="ABDI Hawa", phone="+25377123456", language="fr")
        return cases.open_case(version=version, applicant=applicant, answers=answers or ANSWERS)

    return make


@pytest.fixture
def proposed(open_case, person):
    """A case whose agent proposes to grant it, and its two people."""
    case, agent, chief = open_case(), person(), person("chief")
    cases.take(case, actor=agent)
    cases.propose(case, actor=agent, outcome="granted")
    cases.take(case, actor=chief)
    case.refresh_from_db()
    assert case.status == CaseStatus.IN_REVIEW
    return case, agent, chief
