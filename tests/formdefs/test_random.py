"""Whatever an editor writes and whatever a client sends: nothing raises, hidden stays hidden."""

import string
from typing import Any

from django.http import QueryDict
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from eservices.formdefs import engine
from eservices.formdefs.types import FIELD_TYPES
from tests.formdefs.builders import choice, definition, field

NASTY = [
    "", " ", "0", "-1", "1e309", "NaN", "null", "undefined", "true", "yes", "no", "a", "b", "2024-02-29",
    "1 000,50", "١٢٣", "<script>alert(1)</script>", "{{7*7}}", "'; DROP TABLE x;--", "\u202eabc",
    "\x00", "\ud800", "ﷺ", "Ω≈ç√", "👩‍👩‍👧", "../../etc/passwd", "x" * 5000, "29", "2", "1899", "+25377831001",
]  # fmt: skip
OPTIONS = [{"value": value, "label": value} for value in "ab"]
EXTRA: dict[str, dict[str, Any]] = {
    "pattern": {"mask": "AA-99", "example": "AB-12"},
    "group": {"min": 1, "max": 3, "fields": [field("t"), field("n", "integer", required=False)]},
    "computed": {"value": {"concat": [{"var": "gate"}, "!"]}},
    "explanation": {"text": "Words"},
    "choice": {"options": OPTIONS},
    "office": {"options": OPTIONS},
    "multi_choice": {"options": OPTIONS},
    "attestation": {"text": "Words"},
    "image": {"src": "static:img/logo.svg", "alt": "Arms"},
    "payment_line": {"unit": 500, "quantity": 2},
    "section": {"fields": [field("inside_section")]},
    "lookup": {"registry": "demo_civil", "last_name": "HOUNSOU"},
    "appointment": {"resource": "counter"},
}
SUFFIXES = [
    "",
    ".d",
    ".m",
    ".y",
    ".t",
    ".commune",
    ".landmark",
    ".rows",
    ".0.t",
    ".1.t",
    ".0.n",
    ".9.n",
    ".name",
    ".path",
    ".number",
]
GATE = choice("gate", "a", "b", required=False)
FIELDS = [
    field(f"x_{kind}", kind, show_if={"eq": [{"var": "gate"}, "b"]}, **EXTRA.get(kind, {}))
    for kind in FIELD_TYPES
]
SPEC = engine.compile(definition(GATE, *FIELDS))
NAMES = [f"x_{kind}{suffix}" for kind in FIELD_TYPES for suffix in SUFFIXES]
NAMES += ["gate", "_asked", "_add:x_group", "_remove:x_group:0", "_remove:x_group:x", "_refresh"]

posts = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NASTY) | st.text(max_size=30)), max_size=40
)


def as_post(pairs: list[tuple[str, str]]) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data


def test_there_is_nothing_wrong_with_the_form() -> None:
    assert engine.lint(SPEC) == []


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pairs=posts)
def test_any_post_is_answered(pairs: list[tuple[str, str]]) -> None:
    form = engine.form_for(SPEC, "one", {}, language="fr", data=as_post(pairs))
    html = form.as_fields()
    assert "<script>alert" not in html
    answers = {key: value for key, value in form.answers().items() if value is not None}
    if answers.get("gate") != "b":
        assert set(answers) <= {"gate"}
    if form.is_valid():
        assert engine.check(SPEC, answers) == {}
        assert engine.prune(SPEC, answers) == answers
    engine.summary(SPEC, answers, "ar")
    engine.search_text(SPEC, answers)


stored = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(NASTY),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["t", "n", "commune", "d"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(
    answers=st.dictionaries(st.sampled_from([one["key"] for one in FIELDS]), stored, max_size=8),
    gate=st.sampled_from(["a", "b", None]),
)
def test_any_stored_answers_are_told(answers: dict[str, Any], gate: Any) -> None:
    given_answers = {**answers, "gate": gate}
    engine.summary(SPEC, given_answers, "fr")
    engine.search_text(SPEC, given_answers)
    engine.check(SPEC, given_answers)
    engine.form_for(SPEC, "one", given_answers, language="ar").as_fields()
    pruned = engine.prune(SPEC, given_answers)
    assert engine.prune(SPEC, pruned) == pruned or pruned != pruned
    if gate != "b":
        assert set(pruned) <= {"gate"}


CONFIG_KEYS = sorted(
    {key for kind in FIELD_TYPES.values() for key in kind.config_keys | kind.expression_keys}
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 300)
    | st.sampled_from(["a", "AA-99", "fr", "2020-01-01"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["value", "label", "key", "type", "var", "fr"]), inner, max_size=3
        )
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(
    kind=st.sampled_from(sorted(FIELD_TYPES)),
    config=st.dictionaries(st.sampled_from(CONFIG_KEYS), values, max_size=3),
    typed=st.sampled_from(NASTY) | st.text(string.printable, max_size=10),
)
@example(kind="file", config={"max_files": [None]}, typed="")
@example(kind="file", config={"guidance": []}, typed="")
def test_a_definition_that_passes_never_fails_later(kind: str, config: dict, typed: str) -> None:
    source = definition({**field("x", kind), **EXTRA.get(kind, {}), **config})
    if engine.lint(source):
        return
    spec = engine.compile(source)
    for data in ({"x": typed}, {"x.d": typed, "x.m": "1", "x.y": "2000"}, {"x.0.t": typed}):
        form = engine.form_for(spec, "one", {}, language="fr", data=as_post(list(data.items())))
        form.as_fields()
        engine.check(spec, form.answers())
        engine.summary(spec, form.answers(), "fr")
