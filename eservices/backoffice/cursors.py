"""Where a page of the queue begins, as it travels in an address."""

from datetime import UTC, datetime, timedelta

Key = tuple[datetime, int]  # a place in the queue: filed when, and which


def write_cursor(key: Key) -> str:
    filed_at, pk = key
    micros = (filed_at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"{micros}-{pk}"


def read_cursor(text: str) -> Key | None:
    """Return the place that a cursor names; None when it is none."""
    micros, _dash, pk = text.partition("-")
    if not (micros.isascii() and micros.isdigit() and pk.isascii() and pk.isdigit()):
        return None
    if len(micros) > 17 or len(pk) > 18:
        return None
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(micros)), int(pk)
