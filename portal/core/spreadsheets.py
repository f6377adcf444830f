"""What goes into a cell of a table that somebody opens in a spreadsheet."""

from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(value: Any) -> Any:
    """Return `value` so that no spreadsheet takes text for a formula; numbers stay numbers."""
    if isinstance(value, int | float) or value is None:
        return value
    text = "".join(char for char in str(value) if char in "\t\n\r" or char >= " ")
    # Spaces and invisible characters in front do not hide it from every program.
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
