"""Requests that only their chain and the readers they name may read: the e-service says which.

`confidential: {if: condition, readers: [expression giving one staff e-mail, or a list of them]}`
"""

from collections.abc import Iterator, Mapping
from typing import Any

from eservices.cases.models import Case, CaseReader
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from portal.accounts.models import User
from portal.core.expressions import evaluate, truthy


def is_restricted(spec: engine.CompiledSpec, answers: Mapping[str, Any]) -> bool:
    rule = spec.source.get("confidential")
    return isinstance(rule, Mapping) and truthy(rule.get("if"), answers)


def write_readers(case: Case) -> None:
    """Write down who is named by the answers of a restricted case; runs with each change of them."""
    spec = catalog.compiled(case.version)
    rule = spec.source.get("confidential") or {}
    emails = (
        set(_emails(rule, engine.computed(spec, case.answers))) if case.is_restricted else set()
    )
    people = User.objects.filter(email__in=emails, is_active=True)
    case.readers.exclude(user__in=people).delete()
    CaseReader.objects.bulk_create(
        [CaseReader(case=case, user=person) for person in people], ignore_conflicts=True
    )


def _emails(rule: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[str]:
    for source in rule.get("readers") or []:
        value = evaluate(source, answers)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str) and one:
                yield one.strip().lower()
