"""Read what the dialect sends: form pairs with brackets, checked as the provider checks them."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from eservices.payments.sandbox.models import now
from portal.core.money import EXPONENTS

KNOWN = {
    "mode",
    "success_url",
    "cancel_url",
    "client_reference_id",
    "customer_email",
    "locale",
    "expires_at",
    "metadata",
    "payment_method_types",
    "line_items",
    "payment_intent_data",
}
MAX_AMOUNT = 99_999_999
DAY = 24 * 3600
HALF_HOUR = 30 * 60
SLACK = 120  # a call is retried for a while with the parameters it began with


class Refused(Exception):
    """An error of the dialect: status, type, code, parameter."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str = "",
        param: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        error = {"type": type, "message": message}
        error |= {name: value for name, value in (("code", code), ("param", param)) if value}
        self.body = {"error": error}


def decode(raw: str) -> dict[str, Any]:
    """Turn `a[b][0]=c` into nested dicts and lists."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(raw, keep_blank_values=True):
        head, *rest = name.replace("]", "").split("[")
        branch = tree
        for part, following in zip([head, *rest], rest, strict=False):
            branch = branch.setdefault(part, {})
            if not isinstance(branch, dict):
                raise Refused(f"Invalid parameter {name} at {following}", param=head)
        branch[rest[-1] if rest else head] = value
    listed = _lists(tree)
    assert isinstance(listed, dict)
    return listed


def _lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    items = {key: _lists(item) for key, item in value.items()}
    if items and all(key.isdigit() for key in items):
        return [items[key] for key in sorted(items, key=int)]
    return items


def integer(params: Mapping[str, Any], name: str) -> int:
    value = str(params.get(name, ""))
    if not value.lstrip("-").isdigit():
        raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def check_session(params: dict[str, Any]) -> tuple[int, str, int]:
    """Return total, currency and expiry of a session to create. :raises Refused:"""
    for name in params:
        if name not in KNOWN:
            raise Refused(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )
    if params.get("mode") != "payment":
        raise Refused("Invalid mode", param="mode")
    for name in ("success_url", "cancel_url"):
        if not str(params.get(name, "")).startswith(("http://", "https://")):
            raise Refused("Not a valid URL", code="url_invalid", param=name)
    if len(str(params.get("client_reference_id", ""))) > 200:
        raise Refused("Too long", param="client_reference_id")
    if params.get("locale", "auto") not in {"auto", "fr", "en"}:
        raise Refused("Invalid locale", param="locale")
    total, currency = _total(params.get("line_items"))
    return total, currency, _expiry(params)


def _total(items: Any) -> tuple[int, str]:
    if not isinstance(items, list) or not items:
        raise Refused("Missing line items", code="parameter_missing", param="line_items")
    total, currencies = 0, set()
    for item in items:
        price = item.get("price_data") or {}
        amount, quantity = integer(price, "unit_amount"), integer(item, "quantity")
        if amount < 0 or quantity < 1:
            raise Refused("Must be positive", code="parameter_invalid_integer", param="line_items")
        if not (price.get("product_data") or {}).get("name"):
            raise Refused("Missing name", code="parameter_missing", param="line_items")
        total += amount * quantity
        currencies.add(str(price.get("currency")))
    currency = currencies.pop()
    if currencies or currency != currency.lower() or currency.upper() not in EXPONENTS:
        raise Refused("Invalid currency", param="line_items")
    if not 0 < total <= MAX_AMOUNT:
        raise Refused("Amount out of range", code="amount_too_large", param="line_items")
    return total, currency


def _expiry(params: dict[str, Any]) -> int:
    if "expires_at" not in params:
        return now() + DAY
    expires_at = integer(params, "expires_at")
    if not HALF_HOUR - SLACK <= expires_at - now() <= DAY + SLACK:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from now."
        raise Refused(message, param="expires_at")
    return expires_at
