"""Asking a register whether what was given agrees: yes, no, or no answer."""

import hashlib
import json
import logging
import uuid
from typing import Any

from django.utils.translation import gettext as _

from eservices.cases import policies, registries
from eservices.cases.circuit import Circuit
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Case, Concordance, RegistryCheck
from eservices.cases.registries import RegistryUnreachable
from eservices.cases.scope import scope
from eservices.cases.services.stages import open_task
from eservices.cases.services.transitions import transition
from eservices.cases.workflow import Action
from portal.accounts.models import User
from portal.core.expressions import evaluate

logger = logging.getLogger(__name__)


def check_registry(case: Case, *, actor: User, stage: str = "") -> RegistryCheck:
    """Ask the register of the stage; the result serves later conditions as `registry.<stage>`.

    A register that does not answer is a result as well: the agent checks by hand.
    """
    if not policies.may(actor, Action.CONSULT, case, stage=stage):
        raise NotAllowed(_("You may not do this on this case, or somebody else has it."))
    task = open_task(case, stage, actor=actor)
    node = Circuit.of(case.version.spec).find(task.stage)
    if node is None or node.registry is None:
        raise BadRequest(_("This stage asks no register."))
    values = scope(case)
    sent = {name: _text(evaluate(rule, values)) for name, rule in node.registry["send"].items()}
    message_id = uuid.uuid4()
    result = _ask(str(node.registry["name"]), sent, message_id)  # outside any lock: it may be slow
    data = {"stage": task.stage, "registry": node.registry["name"], "result": result}
    with transition(
        case, Action.CONSULT, actor=actor, stage=task.stage, is_public=False, data=data
    ) as case:
        known = dict(case.facts.get("registry") or {})
        case.facts = {**case.facts, "registry": {**known, task.stage: result}}
        return RegistryCheck.objects.create(
            task=task,
            registry=node.registry["name"],
            result=result,
            message_id=message_id,
            sent_sha256=hashlib.sha256(json.dumps(sent, sort_keys=True).encode()).hexdigest(),
            asked_by=actor,
        )


def _ask(name: str, sent: dict[str, str], message_id: uuid.UUID) -> str:
    try:
        result = registries.registry(name).check(sent, message_id=str(message_id))
    except RegistryUnreachable:
        return Concordance.UNREACHABLE
    except Exception:  # whatever a connector trips over, the agent's work goes on
        logger.exception("register %s failed, message %s", name, message_id)
        return Concordance.UNREACHABLE
    return result if result in Concordance.values else Concordance.UNREACHABLE


def _text(value: Any) -> str:
    return "" if value is None else str(value)
