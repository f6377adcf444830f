"""Who in the administration read what is mine, when and why: as a page and as JSON (EST-2)."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views import View

from eservices.cases import usage
from eservices.cases.usage import Period
from eservices.filing import access
from eservices.filing.views.tracking import CaseView

MOST = 500


class ReadingsView(CaseView):
    """Readings of one request."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        found = usage.of_case(self.case)
        return _answer(request, found, {"case": self.case})


class MyDataView(View):
    """Readings of all requests of an account."""

    def get(self, request: HttpRequest) -> HttpResponse:
        person = access.account(request)
        if person is None:
            return redirect_to_login(request.get_full_path())
        response = _answer(request, usage.of_person(person), {"case": None})
        response["Cache-Control"] = "no-store"
        return response


def _answer(request: HttpRequest, found: Any, context: dict[str, Any]) -> HttpResponse:
    query = request.GET
    first = _day(query.get("periodStart", ""))
    last = _day(query.get("periodEnd", ""))
    rows = usage.within(found, Period(first, last))
    if query.get("format") == "json":
        offset, limit = _number(query.get("offset"), 0), _number(query.get("limit"), MOST)
        return JsonResponse(usage.as_json(rows, offset=offset, limit=min(limit, MOST)))
    kept = usage.in_words(rows[:MOST])
    for row in kept:
        local = timezone.localtime(row.at, ZoneInfo(row.office.time_zone))
        row.when = date_format(local, "SHORT_DATETIME_FORMAT")  # type: ignore[attr-defined]
    wrong = [
        name for name in ("periodStart", "periodEnd") if query.get(name) and not _day(query[name])
    ]
    context |= {
        "readings": kept, "first": first, "last": last,
        "problem": _("Write the days as in 2026-11-22.") if wrong else "",
    }  # fmt: skip
    return render(request, "tracking/readings.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else default
