"""A circuit in which cases would get stuck is not published."""

import copy

import pytest

from eservices.catalog import services as catalog
from eservices.catalog.errors import DefinitionRefused
from tests.people import make_office
from tests.sample_circuit import parallel_circuit
from tests.sample_spec import sample_definition


@pytest.fixture(autouse=True)
def _offices(db):
    make_office("test-office")
    make_office("tax-office")


def faults(change):
    """Return what is wrong with the sample circuit once `change` was made to its stages."""
    circuit = copy.deepcopy(parallel_circuit())
    change(circuit["stages"])
    return " | ".join(catalog.check(sample_definition(circuit=circuit)))


def test_sample_is_sound():
    assert faults(lambda stages: None) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s.pop(), "it cannot be skipped"),
        (lambda s: s.__delitem__(slice(2, None)), "several offices at once"),
        (lambda s: s[1].update(join=4), "waits for 4 branches and has only 3"),
        (lambda s: s[1].update(branches=s[1]["branches"][:1]), "at least two branches"),
        (lambda s: s[2].update(show_if=False), "never true"),
        (lambda s: s[2].update(show_if={"eq": [{"var": "nobody"}, 1]}), "nobody"),
        (lambda s: s[0].update(show_if={"filled": [{"var": "ncc"}]}), "unknown variable 'ncc'"),
        (lambda s: s[0]["outcomes"][0].update(to="signature"), "does not come before"),
        (lambda s: s[2].update(key="signature"), "stands twice"),
        (lambda s: s[2].update(office="closed-long-ago"), "no office 'closed-long-ago'"),
        (lambda s: s[2].update(office={"relative": "moon"}), "parent, top or kind"),
        (lambda s: s[2].update(role="king"), "one of agent, chief, cashier"),
        (lambda s: s[2].update(kind="dance"), "one of review"),
        (lambda s: s[3].update(timers=[{"after": {"hours": 4}, "do": "accept"}]), "silence"),
        (
            lambda s: s[2].update(timers=[{"after": {"hours": 4}, "do": "remind"}] * 2),
            "no effect",
        ),
        (lambda s: s[0]["fields"][0].update(key="last_name"), "the key stands twice"),
        (lambda s: s[0]["fields"][0].pop("label"), "the text is missing"),
        (lambda s: s[2].update(colour="red"), "unknown key 'colour'"),
        (lambda s: s.insert(1, dict(s[3], key="first_signature")), "only the stage that decides"),
    ],
)
def test_fault_is_named_with_its_place(change, said):
    assert said in faults(change)
    assert faults(change) != "" or not said


def test_stage_that_only_leads_back_is_refused():
    circuit = parallel_circuit()
    only_back = [{"key": "again", "label": {"fr": "Encore"}, "to": "back"}]
    circuit["stages"][2]["outcomes"] = only_back
    with pytest.raises(DefinitionRefused) as refused:
        catalog.publish(sample_definition(circuit=circuit))
    assert "could never leave it" in str(refused.value.details["errors"])
