"""What staff change in the CMS and what they take away as a file, whichever view did it."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from portal.audit.services import record

CHANGED = frozenset({301, 302, 303})  # Wagtail answers a change that succeeded with a redirect
TABLES = ("text/csv", "spreadsheet", "application/zip", "application/x-ndjson", "ms-excel")
LONGEST = 300


class StaffActsMiddleware:
    """Write a line for each change made in the CMS and each table exported from it or the desk."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if path.startswith("/cms/") and request.method == "POST":
            response = self._change(request)
        else:
            response = self.get_response(request)
        if ("/agent/" in path or path.startswith("/cms/")) and _is_table(response):
            self._record("export.made", request)
        return response

    def _change(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in one transaction with the line: a crash leaves both the change and it, or neither.

        A page that breaks half-way changes nothing.
        """
        with transaction.atomic():
            response = self.get_response(request)
            if response.status_code in CHANGED:
                self._record("cms.changed", request)
            elif response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def _record(self, act: str, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(act, actor=request.user, subject=_address(request))


def _is_table(response: HttpResponseBase) -> bool:
    kind = response.headers.get("Content-Type", "")
    return response.status_code == 200 and any(name in kind for name in TABLES)


def _address(request: HttpRequest) -> str:
    return request.get_full_path()[:LONGEST]
