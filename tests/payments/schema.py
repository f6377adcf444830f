"""Stripe's own description of its interface, as JSON Schema."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCUMENT = json.loads((Path(__file__).parent / "data" / "stripe_2026-05-27.json").read_text())
# The description writes expandable fields as identifiers; these are the ones that we expand.
EXPANDED = {"payment_intent": "payment_intent", "latest_charge": "charge"}


def _translate(node: Any, *, closed: bool) -> Any:
    """OpenAPI 3.0 to JSON Schema: `nullable` is a type, and request objects admit nothing unnamed."""
    if isinstance(node, list):
        return [_translate(item, closed=closed) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _translate(value, closed=closed) for key, value in node.items()}
    if closed and "properties" in node and "additionalProperties" not in node:
        made["additionalProperties"] = False
    if made.pop("nullable", False):
        return {"anyOf": [made, {"type": "null"}]}
    return made


SCHEMAS = _translate(DOCUMENT["components"], closed=False)


def _expandable(schemas: dict[str, Any]) -> None:
    for owner, name in (
        ("checkout.session", "payment_intent"),
        ("payment_intent", "latest_charge"),
    ):
        properties = schemas["schemas"][owner]["properties"]
        target = {"$ref": f"#/components/schemas/{EXPANDED[name]}"}
        properties[name] = {"anyOf": [properties[name], target]}


_expandable(SCHEMAS)


def request_errors(method: str, path: str, params: dict[str, Any]) -> list[str]:
    operation = DOCUMENT["paths"][path][method.lower()]
    if method == "GET":
        schema = _query_schema(operation)
    else:
        content = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
        schema = _translate(content["schema"], closed=True)
    return _errors(schema, params)


def response_errors(method: str, path: str, status: int, body: dict[str, Any]) -> list[str]:
    responses = DOCUMENT["paths"][path][method.lower()]["responses"]
    response = responses["200" if status == 200 else "default"]
    schema = _translate(response["content"]["application/json"]["schema"], closed=False)
    return _errors(schema, body)


def object_errors(name: str, body: dict[str, Any]) -> list[str]:
    return _errors({"$ref": f"#/components/schemas/{name}"}, body)


def _query_schema(operation: dict[str, Any]) -> dict[str, Any]:
    named = {p["name"]: _translate(p["schema"], closed=True) for p in operation["parameters"] if p["in"] == "query"}  # fmt: skip
    return {"type": "object", "properties": named, "additionalProperties": False}


def _errors(schema: dict[str, Any], value: Any) -> list[str]:
    validator = Draft202012Validator({**schema, "components": SCHEMAS})
    return [f"{error.json_path}: {error.message[:160]}" for error in validator.iter_errors(value)]
