"""The HTTP client against a server that loses, delays and repeats."""

import json
import logging

import httpx
import pytest

from eservices.payments.providers import stripe_client
from eservices.payments.providers.stripe_client import API_VERSION, StripeClient, encode


class Server(httpx.BaseTransport):
    """Keeps answers by idempotency key, as the provider does; `faults` are used one per request."""

    def __init__(self, *faults: str) -> None:
        self.faults = list(faults)
        self.objects: list[str] = []
        self.answers: dict[str, httpx.Response] = {}
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        request.read()
        fault = self.faults.pop(0) if self.faults else ""
        early = {
            "refused": httpx.ConnectError("no"),
            "drop_before": httpx.ReadError("cut"),
        }.get(fault)
        if early:
            raise early
        if fault.isdigit():
            return httpx.Response(int(fault), json={"error": {"type": "api_error"}})
        answer = self._once(request, fault)
        if fault == "drop_after":
            raise httpx.RemoteProtocolError("cut")
        if fault == "stall":
            raise httpx.ReadTimeout("slow")
        return answer

    def _once(self, request: httpx.Request, fault: str) -> httpx.Response:
        key = request.headers["Idempotency-Key"]
        if key not in self.answers:
            self.objects.append(key)
            sticky = fault == "sticky_500"
            body = {"error": {"type": "api_error"}} if sticky else {"id": f"cs_{len(self.objects)}"}
            self.answers[key] = httpx.Response(500 if sticky else 200, json=body)
        stored = self.answers[key]
        return httpx.Response(stored.status_code, content=stored.content)


def client(transport: httpx.BaseTransport, **kwargs) -> tuple[StripeClient, list[float]]:
    pauses: list[float] = []
    made = StripeClient("sk_test_1", transport=transport, sleep=pauses.append, **kwargs)
    return made, pauses


def answering(response: httpx.Response) -> httpx.MockTransport:
    return httpx.MockTransport(lambda request: response)


@pytest.mark.parametrize(
    "faults",
    [
        ["drop_before"],
        ["drop_after"],
        ["stall"],
        ["429"],
        ["409"],
        ["500"],
        ["503"],
        ["refused"],
        ["drop_after", "500", "stall"],
        ["drop_before", "429", "drop_after"],
    ],
)
def test_whatever_is_lost_exactly_one_object_exists(faults):
    server = Server(*faults)
    stripe, pauses = client(server)
    assert stripe.post("/v1/checkout/sessions", {"mode": "payment"}, key="pay:1") == {"id": "cs_1"}
    assert server.objects == ["pay:1"]
    assert len(pauses) == len(faults)
    assert {r.headers["Idempotency-Key"] for r in server.requests} == {"pay:1"}


def test_gives_up_after_four_tries_and_says_that_nobody_knows():
    server = Server(*["drop_after"] * 5)
    stripe, pauses = client(server)
    with pytest.raises(stripe_client.Unavailable) as caught:
        stripe.post("/v1/checkout/sessions", key="pay:1")
    assert caught.value.outcome_unknown
    assert (len(server.requests), len(server.objects), len(pauses)) == (4, 1, 3)


def test_a_refused_connection_is_known_not_to_have_happened():
    stripe, _ = client(Server(*["refused"] * 5))
    with pytest.raises(stripe_client.Unavailable) as caught:
        stripe.post("/v1/checkout/sessions", key="pay:1")
    assert not caught.value.outcome_unknown


def test_a_stored_500_stays_500():
    server = Server("sticky_500")
    stripe, _ = client(server)
    with pytest.raises(stripe_client.Unavailable) as caught:
        stripe.post("/v1/checkout/sessions", key="pay:1")
    assert caught.value.outcome_unknown
    assert server.objects == ["pay:1"]


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (400, {"type": "invalid_request_error"}, stripe_client.InvalidRequest),
        (400, {"type": "idempotency_error"}, stripe_client.IdempotencyMismatch),
        (401, {}, stripe_client.AuthError),
        (402, {"type": "card_error", "decline_code": "stolen_card"}, stripe_client.CardDeclined),
        (403, {}, stripe_client.PermissionDenied),
        (404, {}, stripe_client.NotFound),
        (302, {}, stripe_client.ProtocolError),
    ],
)
def test_final_errors_are_typed_and_not_repeated(status, error, expected):
    stripe, pauses = client(answering(httpx.Response(status, json={"error": error})))
    with pytest.raises(expected) as caught:
        stripe.get("/v1/events")
    assert type(caught.value) is expected
    assert pauses == []
    assert caught.value.code == error.get("decline_code", "")


@pytest.mark.parametrize(("status", "hint", "tries"), [(500, "false", 1), (400, "true", 4)])
def test_the_provider_says_whether_to_try_again(status, hint, tries):
    response = httpx.Response(status, json={}, headers={"Stripe-Should-Retry": hint})
    stripe, pauses = client(answering(response))
    with pytest.raises(stripe_client.StripeError):
        stripe.get("/v1/events")
    assert len(pauses) == tries - 1


def test_retry_after_is_obeyed_within_reason():
    stripe, pauses = client(answering(httpx.Response(429, headers={"Retry-After": "7"})))
    with pytest.raises(stripe_client.RateLimited):
        stripe.get("/v1/events")
    assert pauses == [7, 7, 7]
    stripe, pauses = client(answering(httpx.Response(429, headers={"Retry-After": "9999"})))
    with pytest.raises(stripe_client.RateLimited):
        stripe.get("/v1/events")
    assert max(pauses) == 20


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'"x"', b"\xff"])
def test_an_answer_that_is_not_an_object_is_an_unknown_outcome(content):
    stripe, _ = client(answering(httpx.Response(200, content=content)))
    with pytest.raises(stripe_client.ProtocolError) as caught:
        stripe.post("/v1/checkout/sessions", key="pay:1")
    assert caught.value.outcome_unknown


def test_every_call_pins_the_version_and_sends_a_form():
    server = Server()
    stripe, _ = client(server)
    stripe.post("/v1/checkout/sessions", {"a": {"b": [1, {"c": True}]}, "d": None}, key="pay:1")
    request = server.requests[0]
    assert request.headers["Stripe-Version"] == API_VERSION == "2026-05-27.dahlia"
    assert request.headers["Authorization"] == "Bearer sk_test_1"
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.content == b"a%5Bb%5D%5B0%5D=1&a%5Bb%5D%5B1%5D%5Bc%5D=true"


def test_the_same_parameters_in_another_order_are_the_same_bytes():
    one = {"b": 1, "a": {"d": [{"y": 1, "x": 2}], "c": 3}}
    other = {"a": {"c": 3, "d": [{"x": 2, "y": 1}]}, "b": 1}
    assert encode(one) == encode(other)


def test_floats_never_leave():
    with pytest.raises(TypeError):
        encode({"amount": 15.0})


def test_no_proxy_no_redirect_and_time_limits():
    http = client(Server())[0]._http
    assert (http.trust_env, http.follow_redirects) == (False, False)
    assert (http.timeout.connect, http.timeout.read) == (5, 15)


@pytest.mark.parametrize(("key", "live"), [("sk_live_1", False), ("sk_test_1", True), ("rk_live_1", False)])  # fmt: skip
def test_a_key_of_the_other_mode_is_refused(key, live):
    with pytest.raises(ValueError, match="live mode"):
        StripeClient(key, livemode=live)


def test_lists_are_read_whole_once_each():
    pages = {"": ["c", "b"], "b": ["b", "a"], "a": []}

    def answer(request: httpx.Request) -> httpx.Response:
        ids = pages[request.url.params.get("starting_after", "")]
        data = [{"id": name} for name in ids]
        return httpx.Response(200, json={"data": data, "has_more": bool(data)})

    stripe, _ = client(httpx.MockTransport(answer))
    assert [item["id"] for item in stripe.iterate("/v1/events")] == ["c", "b", "a"]


def test_a_list_without_end_is_cut():
    endless = httpx.Response(200, content=json.dumps({"data": [{"id": "a"}], "has_more": True}))
    stripe, _ = client(answering(endless))
    with pytest.raises(stripe_client.ProtocolError):
        list(stripe.iterate("/v1/events"))


def test_logs_name_no_key_no_body_no_header(caplog):
    caplog.set_level(logging.DEBUG)
    secret = httpx.Response(400, json={"error": {"message": "Awa Traoré"}})
    stripe, _ = client(answering(secret))
    with pytest.raises(stripe_client.InvalidRequest):
        stripe.post("/v1/checkout/sessions", {"customer_email": "awa@example.org"}, key="pay:1")
    assert "POST /v1/checkout/sessions 400" in caplog.text
    for word in ("sk_test_1", "awa", "Awa", "Bearer", "pay:1"):
        assert word not in caplog.text
