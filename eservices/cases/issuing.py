"""From a granted case to its act: the version says which texts, the answers fill them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eservices.cases import host_link
from eservices.cases.errors import NotAllowed
from eservices.cases.models import Case, CaseEvent, Decision, Outcome
from eservices.cases.scope import scope
from eservices.catalog import services as catalog
from eservices.documents import letters
from eservices.documents import services as documents
from eservices.documents.models import IssuedDocument
from eservices.documents.words import date_in_words
from eservices.formdefs import engine
from portal.accounts.models import User
from portal.core.expressions import truthy
from portal.core.money import Money
from portal.core.texts import pick
from portal.outbox.services import publish

DAYS_PER_MONTH = 30.4375


def issue_document(case: Case) -> IssuedDocument | None:
    """Produce the act of a granted case, once; a second call gives the same act.

    None when the e-service issues no act. Publishes `document.ready` in either case.
    :raises RenderingFailed: the message stays in the outbox, tried again, then parked for repair.
    """
    decision = (
        Decision.objects.filter(case=case, outcome=Outcome.GRANTED, decided_at__isnull=False)
        .select_related("decided_by", "document")
        .first()
    )
    if decision is None:
        return None  # opened again before the worker came here
    if decision.document_id is not None:
        return decision.document
    reopened = list(case.events.filter(action="reopen").order_by("pk"))
    document = None
    if (recipe := _recipe(case)) is not None:
        order = _order(case, recipe, signer=decision.decided_by)
        # A case that was opened again gets a new act, not the one that was cancelled.
        again = f":{len(reopened)}" if reopened else ""
        key = f"case:{case.pk}:{recipe['key']}{again}"
        document = documents.issue(
            **order, owner=_owner(case), key=key, is_controlled=_is_controlled(recipe)
        )
    with transaction.atomic():
        first = Decision.objects.filter(pk=decision.pk, document=None).update(document=document)
        told = case.events.filter(action="document", pk__gt=reopened[-1].pk if reopened else 0)
        if document and reopened:
            documents.succeed(reopened[-1].data.get("number", ""), document)
        if first and not told.exists():
            CaseEvent.objects.create(
                case=case,
                action="document",
                from_status=case.status,
                to_status=case.status,
                data={"number": document.number if document else ""},
            )
            publish("document.ready", case_id=case.pk)
    return document


def issue_again(case: Case, former: IssuedDocument, *, signer: User) -> IssuedDocument:
    """Issue the act once more under a new number, for one that must be replaced.

    :raises RenderingFailed: :raises NotAllowed: the e-service issues no act any more.
    """
    recipe = _recipe(case)
    if recipe is None:
        raise NotAllowed(_("This request has no document to issue."))
    order = _order(case, recipe, signer=signer)
    key = f"case:{case.pk}:after:{former.pk}"
    # What was sent up stays with the office above, whatever the texts say today.
    is_controlled = former.is_controlled or _is_controlled(recipe)
    return documents.issue(**order, owner=_owner(case), key=key, is_controlled=is_controlled)


def preview(case: Case, *, signer: User | None = None) -> bytes | None:
    """Return the act as it would be issued now, marked as a preview; None if none is issued."""
    recipe = _recipe(case)
    if recipe is None:
        return None
    return documents.preview(**_order(case, recipe, signer=signer), owner=_owner(case))


def _recipe(case: Case) -> Mapping[str, Any] | None:
    """Return the first document of the version whose condition holds for what is known."""
    values = scope(case)
    decision = getattr(case, "decision", None)
    version = (decision and decision.drawn_with) or case.version
    for recipe in version.spec.get("documents", []):
        if truthy(recipe.get("show_if"), values):
            return dict(recipe)
    return None


def _order(case: Case, recipe: Mapping[str, Any], *, signer: User | None) -> dict[str, Any]:
    language = recipe.get("language") or "fr"
    with translation.override(language):
        texts, rows = _texts(case, language)
        former = _former(case, recipe)
        if former:
            # The same act once more: an amendment, numbered, that names what it replaces.
            recipe = {**recipe, **(recipe.get("again") or {})}
        again = {"former_number": former[-1] if former else "", "amendment": str(len(former))}
        texts |= again
        values = scope(case) | {"amendment": len(former)}
        data = {
            name: _resolved(entry, texts, rows, values, language)
            for name, entry in (recipe.get("data") or {}).items()
        }
        return {
            "kind": "letter" if recipe.get("body") else recipe.get("template", "generic"),
            "office": case.office,
            "series": recipe.get("series", case.eservice.code),
            "title": _fill(pick(recipe["title"], language), texts),
            "data": _function(case, signer)
            | {name: value for name, value in data.items() if value not in ("", [])}
            | _letter(case, recipe, texts, rows, values, language, again)
            | _scan(case, recipe, language)
            | _fee(case),
            "language": language,
            "subject": _subject(case, recipe, texts, rows),
            "signer": str(signer or ""),
            "valid_until": _valid_until(recipe),
        }


def _former(case: Case, recipe: Mapping[str, Any]) -> list[str]:
    """Return the numbers of the acts of this recipe that were issued before, the first first."""
    series = recipe.get("series", case.eservice.code)
    issued = documents.for_owner(_owner(case)).filter(series=series).order_by("pk")
    return list(issued.values_list("number", flat=True))


def _texts(case: Case, language: str) -> tuple[dict[str, str], dict[str, list[dict[str, str]]]]:
    """Return the answers as human text by field key, and the rows of each repeatable group."""
    # With what agents found: the questions of stages are fields like any other.
    spec = catalog.desk_form(case.version)
    texts: dict[str, str] = {
        "reference": case.reference,
        "office": case.office.name_in(language),
        "applicant": case.applicant_name,
        "concerned": case.concerned,
    }
    rows: dict[str, list[dict[str, str]]] = {}
    for section in engine.summary(spec, {**case.answers, **case.facts}, language):
        for row in section.rows:
            texts[row.key] = row.text
            if row.rows:
                rows[row.key] = [
                    {cell.key.rpartition(".")[2]: cell.text for cell in group} for group in row.rows
                ]
    for field in spec.fields:  # what is worked out and not shown may still be printed
        if field.key not in texts and field.type.key == "computed":
            value = {**case.answers, **case.facts}.get(field.key)
            texts[field.key] = field.type.to_text(field, value, language)
    for key, value in {**case.answers, **case.facts}.items():
        texts[f"{key}_words"] = date_in_words(value) if language == "fr" else texts.get(key, "")
    return texts, rows


def _letter(
    case: Case,
    recipe: Mapping[str, Any],
    texts: Mapping[str, str],
    rows: Mapping[str, list[dict[str, str]]],
    values: Mapping[str, Any],
    language: str,
    again: Mapping[str, str],
) -> dict[str, Any]:
    """Return the blocks of a document that an administrator wrote."""
    if not recipe.get("body"):
        return {}
    beside = [one for one in recipe.get("beside", []) if one != language]
    others = {}
    for one in beside:  # its dates, its choices, its name of the office
        with translation.override(one):
            said, lines = _texts(case, one)
        others[one] = ({**said, **again}, lines)
    return {
        "blocks": letters.blocks(
            recipe["body"], texts=texts, rows=rows, scope=values,
            languages=[language, *beside], others=others,
        )
    }  # fmt: skip


def _resolved(
    entry: Any,
    texts: Mapping[str, str],
    rows: Mapping[str, list[dict[str, str]]],
    answers: Mapping[str, Any],
    language: str,
) -> Any:
    """Return what one entry of the recipe prints.

    A text in one or several languages with `{field}` in it; a list of them; a condition
    `{text: …, show_if: …}`; or the rows of a group `{rows: group, cells: [text, …]}`: in a list each row is one item; with
    `headers` it is a table.
    """
    if isinstance(entry, list):
        parts: list[Any] = []
        for part in entry:
            if isinstance(part, list):  # a line: its cells stay in their places, the empty ones too
                parts.append([_resolved(one, texts, rows, answers, language) for one in part])
                continue
            resolved = _resolved(part, texts, rows, answers, language)
            parts += resolved if isinstance(part, Mapping) and "rows" in part else [resolved]
        return [part for part in parts if part]
    if isinstance(entry, Mapping) and "headers" in entry:
        body = {"rows": entry["rows"], "cells": entry["cells"]}
        return {
            "headers": [pick(one, language) for one in entry["headers"]],
            "rows": _resolved(body, texts, rows, answers, language),
        }
    if isinstance(entry, Mapping) and "rows" in entry:
        return [
            [_fill(pick(cell, language), {**texts, **row}) for cell in entry["cells"]]
            for row in rows.get(entry["rows"], [])
        ]
    if isinstance(entry, Mapping) and "text" in entry:
        if not truthy(entry.get("show_if"), answers):
            return ""
        return _fill(pick(entry["text"], language), texts)
    return _fill(pick(entry, language), texts)


def _subject(
    case: Case,
    recipe: Mapping[str, Any],
    texts: Mapping[str, str],
    rows: Mapping[str, list[dict[str, str]]],
) -> str:
    """Return whom the act is about: for rows of a group, the first of them."""
    entry = recipe.get("subject")
    if isinstance(entry, Mapping):
        found = _resolved(entry, texts, rows, {}, "fr")
        return " ".join(found[0])[:200] if found else ""
    return _fill(entry, texts) if entry else case.concerned


def _fill(text: str, texts: Mapping[str, str]) -> str:
    return letters.fill(text, texts).strip()


def _scan(case: Case, recipe: Mapping[str, Any], language: str) -> dict[str, dict[str, str]]:
    """Return the code for whoever receives the holder of the act, if the recipe has one."""
    if not recipe.get("scan"):
        return {}
    return {"scan": {"url": host_link.address(case), "caption": pick(recipe["scan"], language)}}


def _fee(case: Case) -> dict[str, str]:
    payment = case.payment
    if payment is None or not payment.is_paid:
        return {}
    money = Money(payment.amount, payment.currency)
    return {"fee": str(money), "receipt_number": payment.receipt_number}


def _valid_until(recipe: Mapping[str, Any]) -> date | None:
    months = recipe.get("validity_months") or 0
    days = recipe.get("validity_days") or round(months * DAYS_PER_MONTH)
    return (timezone.now() + timedelta(days=days)).date() if days else None


def _is_controlled(recipe: Mapping[str, Any]) -> bool:
    return recipe.get("controlled") is True


def _function(case: Case, signer: User | None) -> dict[str, str]:
    """Return the function of who signs, for a recipe that says nothing of it."""
    function = signed_function(case, signer)
    return {"signer_title": function} if function else {}


def signed_function(case: Case, signer: User | None) -> str:
    """Return the function in which `signer` last acted on the case, or has in its office."""
    if signer is None:
        return ""
    signed = case.tasks.filter(done_by=signer).exclude(signed_as="").order_by("pk").last()
    return signed.signed_as if signed else signer.function_in(case.office_id)


def _owner(case: Case) -> str:
    return f"case:{case.access_key}"
