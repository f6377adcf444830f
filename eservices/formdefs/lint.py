"""Configuration faults of a form, in words for the editor who must mend them."""

from typing import Any


def lint(source: Any) -> list[str]:
    return []
