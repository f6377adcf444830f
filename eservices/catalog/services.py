"""Publishing e-services: check a definition, compile it, number it, freeze it."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max

from eservices.catalog import drafting, local, schema
from eservices.catalog.circuits import lint
from eservices.catalog.circuits.model import with_desk_steps
from eservices.catalog.errors import DefinitionRefused
from eservices.catalog.lists import with_code_lists
from eservices.catalog.models import EService, EServiceVersion
from eservices.catalog.windows import window_moments
from eservices.documents import letters
from eservices.documents.rendering import BODIES
from eservices.formdefs import engine
from eservices.formdefs.engine import CompiledSpec
from eservices.registers.faults import plan_faults
from portal.accounts.models import Office, User
from portal.audit import services as audit
from portal.outbox.services import publish as announce

Definition = Mapping[str, Any]


@transaction.atomic
def publish(definition: Definition, *, by: User | None = None, note: str = "") -> EServiceVersion:
    """Publish `definition` as the next version of its e-service; unchanged content makes no version.

    Requests already filed keep the version they have; those being written follow at the next visit.
    :raises DefinitionRefused: with every fault found, and then nothing is changed.
    """
    if faults := check(definition):
        raise DefinitionRefused("This e-service cannot be published.", errors=faults)
    eservice = _save_draft(definition, by)
    spec = frozen(definition)
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()
    version = eservice.versions.filter(spec_sha256=digest).first()
    if version is None:
        last = eservice.versions.aggregate(last=Max("number"))["last"] or 0
        version = EServiceVersion.objects.create(
            eservice=eservice,
            number=last + 1,
            spec=spec,
            spec_sha256=digest,
            published_by=by,
            note=note,
        )
    eservice.current = version
    eservice.published_revision = eservice.revision
    fields = ["current", "published_revision", "updated_at"]
    if window := definition.get("window"):
        eservice.opens_at, eservice.closes_at = window_moments(window, version.time_zone)
        fields += ["opens_at", "closes_at"]
    eservice.save(update_fields=fields)
    audit.record(
        "eservice.published",
        actor=by,
        subject=eservice.slug,
        details={"version": version.number, "digest": digest},
    )
    announce("eservice.published", eservice_id=eservice.pk, version_id=version.pk)
    return version


def frozen(definition: Definition) -> dict[str, Any]:
    """Return what a publication of `definition` keeps: what it borrows from groups and lists in it."""
    spec = engine.expand(with_code_lists(definition))
    spec.pop("tests", None)  # another test is not another form
    return spec


def check(definition: Definition) -> list[str]:
    """Return every reason why `definition` cannot be published, each with its place; empty is good."""
    if faults := schema.faults(definition):
        return faults
    definition = with_code_lists(definition)
    # What a stage asks of agents is checked with the form: same types, same texts, same conditions.
    faults = engine.lint(with_desk_steps(definition))
    if not faults:
        faults = lint.faults(definition, _field_keys(definition))
    codes = set(definition.get("offices") or []) | lint.office_codes(definition)
    if not definition.get("offices"):
        faults.append("offices: choose at least one")
    routing = definition.get("routing")
    if isinstance(routing, str) and routing not in (definition.get("offices") or []):
        faults.append(f"routing: {routing!r} is not among the offices")
    missing = codes - set(Office.objects.filter(code__in=codes).values_list("code", flat=True))
    faults += plan_faults(definition)
    faults += _letter_faults(definition)
    faults += [f"offices: there is no office {code!r}" for code in sorted(missing)]
    return faults


def _letter_faults(definition: Definition) -> list[str]:
    """Return what is wrong with the form of documents: they could not be drawn."""
    return [
        f"documents[{number}].{fault}"
        for number, document in enumerate(definition.get("documents") or [])
        for fault in (
            *(letters.faults(document["body"]) if "body" in document else ()),
            *letters.data_faults(document.get("data") or {}),
            *_model_faults(document),
        )
    ]


def _model_faults(document: Mapping[str, Any]) -> list[str]:
    model = document.get("template", "generic")
    return (
        [] if "body" in document or model in BODIES else [f"template: there is no model {model!r}"]
    )


def export(slug: str) -> dict[str, Any]:
    """Return the published definition of an e-service. :raises EService.DoesNotExist:"""
    eservice = EService.objects.select_related("current").get(slug=slug)
    return dict(eservice.current.spec if eservice.current else eservice.definition)


def compiled(version: EServiceVersion, fees: Mapping[str, int] | None = None) -> CompiledSpec:
    """Return the form engine's view of `version`; made once per process, as versions never change.

    `fees` are those of an office that sets its own. `version.spec` may be deferred: it is read only
    the first time.
    """
    return _compiled(version.spec_sha256, version.pk, tuple(sorted((fees or {}).items())))


@lru_cache(maxsize=256)
def _compiled(digest: str, version_id: int, fees: tuple[tuple[str, int], ...]) -> CompiledSpec:
    spec = EServiceVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    return engine.compile(local.with_fees(spec, dict(fees)) if fees else spec)


def desk_form(version: EServiceVersion) -> CompiledSpec:
    """Return the form with what the stages of the circuit ask of agents, a step for each stage."""
    return _desk_form(version.spec_sha256, version.pk)


@lru_cache(maxsize=256)
def _desk_form(digest: str, version_id: int) -> CompiledSpec:
    spec = EServiceVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    return engine.compile(with_desk_steps(spec))


def _field_keys(definition: Definition) -> set[str]:
    steps = engine.expand(definition)["steps"]
    return {str(field["key"]) for step in steps for field in step.get("fields") or []}


def _save_draft(definition: Definition, by: User | None) -> EService:
    """Make `definition` the draft of its e-service, as a new revision when it is another."""
    eservice = EService.objects.select_for_update().filter(slug=definition["slug"]).first()
    if eservice is None or not eservice.revision or eservice.definition != definition:
        return drafting.record(eservice, definition, by=by)
    return eservice
