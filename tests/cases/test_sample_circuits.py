"""The circuits that are shipped are sound, and lead from filing to act."""

from pathlib import Path

import pytest

from eservices.catalog import schema
from eservices.catalog.circuits import lint
from eservices.catalog.circuits.model import Circuit, with_desk_steps
from eservices.formdefs import engine
from tests.formdefs.builders import sample

SAMPLES = sorted((Path(__file__).parents[2] / "sample_content" / "eservices").glob("*.yaml"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_shipped_circuit_has_no_fault(path):
    definition = sample(path.stem)
    assert schema.faults(definition) == []
    assert engine.lint(with_desk_steps(definition)) == []
    steps = engine.expand(definition)["steps"]
    fields = {field["key"] for step in steps for field in step["fields"]}
    assert lint.faults(definition, fields) == []
    seen = {key for stage in Circuit.of(definition).stages for key in stage.sees}
    known = {*fields, *(step["key"] for step in steps)}
    known |= {piece["key"] for piece in definition.get("pieces", [])}
    assert seen <= known
