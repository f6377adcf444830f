"""Everything that is looked at before a definition from a file is published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from eservices.catalog import services as catalog
from eservices.catalog.lists import with_code_lists
from eservices.formdefs import engine
from eservices.formdefs.estimating import minutes
from eservices.formdefs.soundness import doubts
from eservices.formdefs.trials import replay

LONG = 30  # minutes


@dataclass(slots=True)
class Examination:
    """What forbids publication, and what an editor should know."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def examine(definition: Any) -> Examination:
    """Return what is wrong with `definition`: its shape, what cannot be meant, its saved tests."""
    if faults := catalog.check(definition):
        return Examination(errors=faults)
    found = Examination()
    full = with_code_lists(definition)
    for doubt in doubts(full):
        (found.errors if doubt.is_error else found.warnings).append(
            f"{doubt.target}: {doubt.words}"
        )
    spec = engine.compile(full)
    tests = [one for one in definition.get("tests") or [] if isinstance(one, Mapping)]
    for trial in replay(spec, tests):
        found.errors += [f"tests, {trial.name}: {one}" for one in trial.differences]
    if (long := minutes(full)) > LONG:
        found.warnings.append(_("Filling it in takes about %d minutes.") % long)
    return found
