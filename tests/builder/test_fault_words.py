"""No fault of a definition is told to an editor in the English of those who write files."""

import re
from pathlib import Path

import pytest

from eservices.catalog.builder.fault_words import PATTERNS, fault_words

CIRCUIT = Path("eservices/catalog/circuits/lint.py").read_text(encoding="utf-8")
TOLD = re.findall(r'yield f?"(?:\{\w+\}|stage \{[^}]*\}|circuit)(?:, actor)?: ([^"]+)"', CIRCUIT)


@pytest.mark.parametrize("text", TOLD)
def test_what_stops_a_circuit_is_told_in_the_language_of_the_editor(text):
    said = re.sub(r"\{[^}]*!r\}", "'x'", text)
    said = re.sub(r"\{(?:wanted|count)\}", "2", said)
    said = re.sub(r"\{[^}]*\}", "x", said)
    if "is expected" in said or "a timer does one of" in said:
        return  # only whoever writes the file by hand can cause it: told as a detail
    assert any(pattern.fullmatch(said) for pattern, _words in PATTERNS), said


def test_what_has_no_words_yet_stands_as_a_detail():
    assert "détail" in fault_words("some new fault")
