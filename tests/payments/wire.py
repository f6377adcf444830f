"""A wire between the real client and the sandbox that breaks on demand and remembers all."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import httpx

from eservices.payments import providers
from eservices.payments.providers.stripe_client import StripeClient
from eservices.payments.sandbox.api import application


class Wire(httpx.BaseTransport):
    def __init__(self) -> None:
        self.faults: list[str] = []
        self.calls: list[tuple[httpx.Request, dict | None]] = []
        self.before_answer = lambda: None
        self._inner = httpx.WSGITransport(app=application)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "refused":
            raise httpx.ConnectError("no")
        if fault == "drop_before":
            raise httpx.ReadError("cut")
        response = self._inner.handle_request(request)
        response.read()
        self.calls.append((request, response.json()))
        if request.method == "POST":
            self.before_answer()
        if fault == "drop_after":
            raise httpx.RemoteProtocolError("cut")
        return httpx.Response(
            response.status_code, headers=response.headers, content=response.content
        )

    def count(self, method: str, path: str = "/v1/checkout/sessions") -> int:
        return sum(r.method == method and r.url.path == path for r, _ in self.calls)


@contextmanager
def wired() -> Iterator[Wire]:
    """Put the real client on a wire of its own, without pauses."""
    wire = Wire()
    client = StripeClient("sk_test_only_for_tests", transport=wire, sleep=lambda seconds: None)
    client._http.base_url = "http://sandbox.invalid"
    with mock.patch.object(providers, "_stripe_client", return_value=client):
        yield wire
