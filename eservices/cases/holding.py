"""What happens on registers because something happened to a case, in the same transaction."""

from eservices.cases.errors import BadRequest
from eservices.cases.models import Case
from eservices.catalog import services as catalog
from eservices.formdefs import engine
from eservices.registers import plans
from eservices.registers.errors import RegisterError
from portal.accounts.models import User

# Names of rules for what the history calls otherwise.
MOMENTS = {"submitted": "submit"}


def happened(case: Case, event: str, *, actor: User | None) -> None:
    """Reserve, spend, free and write as the case's version says. :raises BadRequest: nothing happens."""
    spec = catalog.compiled(case.version)
    if not plans.concerns(spec.source):
        return
    holder = plans.Holder(owner_of(case), case.reference, actor, case.is_restricted)
    try:
        # With what agents found: a name is registered as the agent who checked it wrote it.
        answers = {**engine.computed(spec, case.answers), **case.facts}
        plans.follow(spec.source, answers, MOMENTS.get(event, event), holder)
    except RegisterError as exc:
        raise BadRequest(str(exc), **exc.details) from exc


def owner_of(case: Case) -> str:
    """Return the key under which registers know the case."""
    return f"case:{case.access_key}"
