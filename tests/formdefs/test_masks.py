"""Formats of identifiers: what fits, and no slow match."""

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eservices.formdefs.masks import BadPattern, iban, luhn, mask_atoms, matches, regex_atoms, rib
from eservices.formdefs.reading import read_number


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("[A-Z]{2}-\\d{3,5}", "AB-1234", True),
        ("[A-Z]{2}-\\d{3,5}", "AB-12", False),
        ("^a?b*c+$", "bbc", True),
        ("^a?b*c+$", "aabbc", False),
        ("[0-9A-F.-]+", "1.F-", True),
        ("x{0}y", "y", True),
        (".", "é", False),
    ],
)
def test_the_small_language(pattern: str, text: str, fits: bool) -> None:
    assert matches(regex_atoms(pattern), text) is fits


@pytest.mark.parametrize(
    "pattern", ["(a)", "a|b", "[^a]", "a{2", "a{5,2}", "a{999}", "[]", "*a", "a" * 200, "[z-a]"]
)
def test_the_rest_is_refused(pattern: str) -> None:
    with pytest.raises(BadPattern):
        regex_atoms(pattern)


def test_no_pattern_is_slow() -> None:
    atoms = regex_atoms("a*" * 30 + "b")
    start = process_time()
    assert not matches(atoms, "a" * 100)
    assert process_time() - start < 2
    assert not matches(mask_atoms("9" * 100), "9" * 10_000)


@settings(max_examples=300)
@given(
    parts=st.lists(
        st.tuples(st.sampled_from(["a", "b", "[ab]", "\\d"]), st.sampled_from(["", "?", "*", "+", "{2}", "{1,3}"])),
        min_size=1, max_size=5,
    ),
    text=st.text("ab1", max_size=8),
)  # fmt: skip
def test_it_agrees_with_re(parts: list[tuple[str, str]], text: str) -> None:
    pattern = "".join(sign + times for sign, times in parts)
    assert matches(regex_atoms(pattern), text) is bool(re.fullmatch(pattern, text))


def test_keys() -> None:
    assert luhn("79927398713")
    assert not luhn("79927398710")
    assert iban("FR1420041010050500013M02606")
    assert not iban("FR1420041010050500013M02607")
    body = "BJ0670100101234567890123"[:22]
    digits = "".join(sign if sign.isdigit() else {"B": "2", "J": "1"}[sign] for sign in body)
    key = 97 - int(digits) * 100 % 97
    assert rib(f"{body}{key:02}")
    assert not rib(f"{body}{(key + 1) % 97:02}")


@pytest.mark.parametrize(
    ("text", "decimals", "number"),
    [
        ("1 000", 0, "1000"), ("1\u202f000\u00a0000", 0, "1000000"), ("1,000", 0, "1000"),
        ("1,5", 2, "1.5"), ("1.000,50", 2, "1000.50"), ("1,000.50", 2, "1000.50"), ("1'000", 0, "1000"),
        ("١٬٠٠٠", 0, "1000"), ("١٫٥", 2, "1.5"), ("−5", 0, "-5"), ("1,2,3", 2, None), ("", 0, None),
        ("0x1", 0, None), ("1e3", 0, None), ("--1", 0, None), ("1.2.3,4", 2, None),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, decimals: int, number: str | None) -> None:
    found = read_number(text, decimals)
    assert (None if found is None else str(found)) == number
