"""HTTP in Stripe's dialect. The only module of payments that knows httpx."""

import logging
import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

API_VERSION = "2026-05-27.dahlia"
DEADLINE = 40.0  # seconds for one operation, its retries included
MAX_RETRIES = 3
MAX_RETRY_AFTER = 20
MAX_PAGES = 200
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class StripeError(Exception):
    """What the provider answered, typed. `message` may name a person: never show or log it."""

    retryable = False

    def __init__(
        self,
        message: str = "",
        *,
        status: int = 0,
        code: str = "",
        request_id: str = "",
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.request_id = request_id
        self.outcome_unknown = outcome_unknown


class AuthError(StripeError): ...


class PermissionDenied(StripeError): ...


class NotFound(StripeError): ...


class InvalidRequest(StripeError): ...


class IdempotencyMismatch(StripeError): ...


class CardDeclined(StripeError): ...


class RateLimited(StripeError):
    retryable = True


class Conflict(StripeError):
    retryable = True


class Unavailable(StripeError):
    """5xx, time-outs, broken connections."""

    retryable = True


class ProtocolError(StripeError):
    """An answer that is not what the dialect promises."""


def encode(params: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return form pairs with brackets; None is left out. :raises TypeError: for a float.

    Names are sorted: parameters that were stored and read back must give the same bytes, or the
    provider sees another request under the same key. PostgreSQL keeps JSON in its own order.
    """
    pairs: list[tuple[str, str]] = []

    def walk(name: str, value: Any) -> None:
        if value is None:
            return
        if isinstance(value, float):
            raise TypeError(f"{name}: amounts are integers, not floats")
        if isinstance(value, Mapping):
            for key, item in sorted(value.items()):
                walk(f"{name}[{key}]" if name else str(key), item)
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(f"{name}[{index}]", item)
        elif isinstance(value, bool):
            pairs.append((name, "true" if value else "false"))
        else:
            pairs.append((name, str(value)))

    walk("", params)
    return pairs


class StripeClient:
    """Sends one operation, again when that is safe, until a deadline; answers JSON or raises.

    With `wsgi_app` (a dotted name) requests are answered in this process and never by a network.
    :raises ValueError: when the key and `livemode` disagree.
    """

    def __init__(
        self,
        secret_key: str,
        *,
        base_url: str = "https://api.stripe.com",
        livemode: bool = False,
        wsgi_app: str = "",
        transport: httpx.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if secret_key.startswith(("sk_live_", "rk_live_")) != livemode:
            raise ValueError("the payment key and the live mode disagree")
        if wsgi_app and livemode:
            raise ValueError("the sandbox does not exist in live mode")
        self._wsgi_app = wsgi_app
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=base_url,
            timeout=httpx.Timeout(15, connect=5),
            transport=self._in_process() if wsgi_app else transport,
            follow_redirects=False,
            trust_env=False,
            headers={
                "Authorization": f"Bearer {secret_key}",
                "Stripe-Version": API_VERSION,
                "User-Agent": "guichet-payments/1",
            },
        )

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return self._request("GET", path, params=encode(params or {}), headers={})

    def post(
        self, path: str, params: Mapping[str, Any] | None = None, *, key: str = ""
    ) -> dict[str, Any]:
        """Send a change; `key` must have been stored before, except where repeating is harmless."""
        headers = {
            "Idempotency-Key": key or str(uuid.uuid4()),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        return self._request(
            "POST", path, content=urlencode(encode(params or {})).encode(), headers=headers
        )

    def iterate(
        self, path: str, params: Mapping[str, Any] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield every object of a list once, whatever the order of the pages."""
        query = {**(params or {}), "limit": 100}
        seen: set[str] = set()
        for _page in range(MAX_PAGES):
            page = self.get(path, query)
            data = page.get("data")
            if not isinstance(data, list):
                raise ProtocolError("a list without data")
            for item in data:
                if item["id"] not in seen:
                    seen.add(item["id"])
                    yield item
            if not page.get("has_more") or not data:
                return
            query["starting_after"] = data[-1]["id"]
        raise ProtocolError("the list does not end")

    def _in_process(self) -> httpx.BaseTransport:
        return httpx.WSGITransport(app=import_string(self._wsgi_app))

    def _request(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        started = time.monotonic()
        for attempt in range(MAX_RETRIES + 1):
            response, error = self._try(method, path, **kwargs)
            if error is None and response is not None:
                return _json(response)
            assert error is not None
            delay = _delay(attempt, response)
            is_late = time.monotonic() - started + delay > DEADLINE
            if attempt == MAX_RETRIES or is_late or not _should_retry(error, response):
                raise error
            self._sleep(delay)
        raise AssertionError("unreachable")

    def _try(
        self, method: str, path: str, **kwargs: Any
    ) -> tuple[httpx.Response | None, StripeError | None]:
        began = time.monotonic()
        response: httpx.Response | None = None
        try:
            response = self._http.request(method, path, **kwargs)
            error = _error(response)
        except httpx.TransportError as exc:
            # The message of a transport error may hold the address with its query: name it only.
            name = type(exc).__name__
            error = Unavailable(name, outcome_unknown=not isinstance(exc, NEVER_SENT))
        logger.info(
            "%s %s %s %s %d ms",
            method,
            path,
            response.status_code if response is not None else error,
            response.headers.get("request-id", "-") if response is not None else "-",
            (time.monotonic() - began) * 1000,
        )
        return response, error


def _should_retry(error: StripeError, response: httpx.Response | None) -> bool:
    hint = response.headers.get("stripe-should-retry") if response is not None else None
    return error.retryable if hint is None else hint == "true"


def _delay(attempt: int, response: httpx.Response | None) -> float:
    delay = min(0.5 * 2**attempt, 5) * random.uniform(0.5, 1)  # noqa: S311 - jitter
    wanted = response.headers.get("retry-after", "") if response is not None else ""
    if wanted.isascii() and wanted.isdigit():
        delay = max(delay, min(int(wanted), MAX_RETRY_AFTER))
    return delay


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ProtocolError("not a JSON object", status=response.status_code, outcome_unknown=True)
    return body


def _error(response: httpx.Response) -> StripeError | None:
    status = response.status_code
    if 200 <= status < 300:
        return None
    body = _error_body(response)
    kind, code = str(body.get("type") or ""), str(body.get("code") or "")
    details = {
        "status": status,
        "code": str(body.get("decline_code") or code),
        "request_id": response.headers.get("request-id", ""),
    }
    message = str(body.get("message") or "")[:200]
    if status == 429 or code == "rate_limit":
        return RateLimited(message, **details)
    if status == 409 or code in {"lock_timeout", "idempotency_key_in_use"}:
        return Conflict(message, **details, outcome_unknown=True)
    if kind == "idempotency_error":
        return IdempotencyMismatch(message, **details)
    if 300 <= status < 400:
        return ProtocolError("redirected", **details, outcome_unknown=True)
    if status >= 500:
        return Unavailable(message, **details, outcome_unknown=True)
    if status == 402 or kind == "card_error":
        return CardDeclined(message, **details)
    classes = {401: AuthError, 403: PermissionDenied, 404: NotFound}
    return classes.get(status, InvalidRequest)(message, **details)


def _error_body(response: httpx.Response) -> dict[str, Any]:
    try:
        error = response.json().get("error")
    except (ValueError, AttributeError):
        return {}
    return error if isinstance(error, dict) else {}
