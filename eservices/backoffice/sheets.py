"""Tables as CSV that a spreadsheet opens without running anything."""

import csv
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_response(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Return a download that Excel in French reads as columns, accents included."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    for row in [head, *rows]:
        writer.writerow([safe(value) for value in row])
    return response


def safe(value: Any) -> Any:
    """Return `value` so that no spreadsheet takes text for a formula; numbers stay numbers."""
    if isinstance(value, float):
        return str(value).replace(".", ",")  # as Excel in French reads it
    if isinstance(value, int) or value is None:
        return value
    text = str(value)
    # Spaces and invisible characters in front do not hide it from every program.
    return f"'{text}" if text.startswith(FORMULA) or text.lstrip().startswith(FORMULA) else text
