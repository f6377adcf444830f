"""The expression language, in Python and in the browser, against the same cases."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page

from portal.core.expressions import (
    FORMS,
    OPERATORS,
    compile_expression,
    evaluate,
    truthy,
    validate,
    variables,
)

CASES = json.loads((Path(__file__).parent / "expression_cases.json").read_text(encoding="utf-8"))
TODAY = date.fromisoformat(CASES["today"])
STATIC = Path(__file__).parents[2] / "static" / "js"


def plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return [plain(item) for item in value] if isinstance(value, list) else value


def same(left: Any, right: Any) -> bool:
    """Equal, without taking true for 1."""
    return json.dumps(plain(left)) == json.dumps(right) or (
        type(left) is not bool and type(right) is not bool and plain(left) == right
    )


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: json.dumps(case[0])[:60])
def test_case(case: list[Any]) -> None:
    expression, expected, scope = [*case, CASES["scope"]][:3]
    assert same(evaluate(expression, scope, today=TODAY), expected)


def test_there_are_several_hundred_cases() -> None:
    assert len(CASES["cases"]) >= 900


def test_every_operation_has_a_case() -> None:
    text = json.dumps([case[0] for case in CASES["cases"]])
    assert [name for name in [*OPERATORS, *FORMS] if f'"{name}"' not in text] == []


def test_no_condition_holds() -> None:
    assert truthy(None, {})
    assert not truthy({"var": "x"}, {})


def test_validate_names_what_is_wrong() -> None:
    assert validate({"eq": [{"var": "a"}, 1]}, variables={"a"}) == []
    assert validate({"eq": [{"var": "b.c"}, 1]}, variables={"a"}) == ["unknown variable 'b'"]
    assert validate({"nope": [1]}) == ["unknown operation 'nope'"]
    assert validate({"eq": [1]}) == ["'eq' takes 2 arguments, not 1"]
    assert validate(date(2024, 1, 1)) == []
    assert "object" in validate(object())[0]


def test_variables_are_the_paths_read() -> None:
    rule = {"some": [{"var": "rows"}, {"eq": [{"var": "row.lang"}, {"var": "place.town"}]}]}
    assert variables(rule) == {"rows", "row.lang", "place.town"}
    assert variables({"sum": [{"var": "rows"}, "n"]}) == {"rows", "row.n"}


def test_hostile_depth_is_refused_without_recursion_error() -> None:
    deep: Any = True
    for _ in range(5000):
        deep = {"not": [deep]}
    assert evaluate(deep, {}) is None
    assert validate(deep) == ["too deep"]


def test_rows_within_rows_stop_at_the_limit() -> None:
    rows = {"rows": [{"n": 1}] * 1000}
    rule: Any = {"eq": [{"var": "row.n"}, 2]}
    for _ in range(8):
        rule = {"some": [{"var": "rows"}, rule]}
    assert evaluate(rule, rows) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=12,
)
names = st.sampled_from([*OPERATORS, *FORMS, "nope"])
expressions = st.recursive(
    json_values
    | st.builds(lambda name: {"var": name}, st.sampled_from(["a", "b.c", "row.x", "row"])),
    lambda inner: st.builds(lambda name, args: {name: args}, names, st.lists(inner, max_size=4)),
    max_leaves=15,
)


@settings(max_examples=300, deadline=None)
@given(expression=expressions, a=json_values, b=json_values)
def test_nothing_raises(expression: Any, a: Any, b: Any) -> None:
    compiled = compile_expression(expression)
    value = compiled.value({"a": a, "b": {"c": b}}, row={"x": a}, today=TODAY)
    assert value is None or isinstance(value, (bool, int, Decimal, str, list, dict))


# --- The browser -------------------------------------------------------------------------------
RUN = """async (cases) => {
  const { evaluate } = await import("https://guichet.test/expressions.js");
  return cases.map(([source, scope, today]) => {
    try { return JSON.stringify(evaluate(source, scope, { today })); }
    catch (error) { return "raised " + error; }
  });
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    headers = {"Access-Control-Allow-Origin": "*"}

    def answer(route: Any) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        if name.endswith(".js"):
            body = (STATIC / name).read_text(encoding="utf-8")
            route.fulfill(body=body, content_type="text/javascript", headers=headers)
        else:
            route.fulfill(body="<!doctype html>", content_type="text/html")

    page.route("https://guichet.test/**", answer)
    page.goto("https://guichet.test/")
    yield page
    page.close()


def disagreements(page: Page, cases: list[tuple[Any, Any]]) -> list[str]:
    answers = page.evaluate(RUN, [[source, scope, CASES["today"]] for source, scope in cases])
    found = []
    for (source, scope), answer in zip(cases, answers, strict=True):
        ours = plain(evaluate(source, scope, today=TODAY))
        if answer.startswith("raised") or not same(ours, json.loads(answer)):
            found.append(f"{json.dumps(source)[:300]}: Python {ours!r}, browser {answer}")
    return found


@pytest.mark.journey
def test_the_browser_gives_the_same_results(page: Page) -> None:
    cases = [([*case, CASES["scope"]][0], [*case, CASES["scope"]][2]) for case in CASES["cases"]]
    assert disagreements(page, cases) == []


@pytest.mark.journey
def test_the_browser_agrees_on_random_expressions(page: Page) -> None:
    random = Random(20240229)
    cases = [(random_expression(random, 4), CASES["scope"]) for _ in range(4000)]
    assert disagreements(page, cases) == []


LITERALS = [
    None,
    True,
    False,
    0,
    1,
    -3,
    2.5,
    0.1,
    0.3333,
    1e9,
    12345.6789,
    "",
    "a",
    "12",
    "3,5",
    "XOF",
]
LITERALS += [
    "2024-02-29",
    "1964",
    "1964-05",
    "08:30",
    "2024-02-28T08:30",
    ["a", 1, None],
    [3, 1, 2],
]


def random_expression(random: Random, depth: int) -> Any:
    """Return an expression with the right number of arguments, mostly."""
    if depth == 0 or random.random() < 0.25:
        if random.random() < 0.5:
            return {
                "var": random.choice([*CASES["scope"], "place.commune", "row.n", "row.t", "row"])
            }
        return random.choice(LITERALS)
    name = random.choice([one for one in [*OPERATORS, *FORMS] if one != "var"])
    least, most = (
        (OPERATORS[name].least, OPERATORS[name].most) if name in OPERATORS else FORMS[name]
    )
    arguments = random.randint(least, min(most, least + 2))
    if name in {"some", "every", "filter", "pluck", "sum", "count"} and random.random() < 0.8:
        rows = {"var": random.choice(["rows", "shares", "nums", "grid", "row.k"])}
        rest = [random_expression(random, depth - 1) for _ in range(arguments - 1)]
        return {name: [rows, *rest]}
    return {name: [random_expression(random, depth - 1) for _ in range(arguments)]}
