"""The formats an e-service may come in. Another format is a line: its name and a function."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.catalog import transfer


@dataclass(slots=True)
class Imported:
    """A definition made from a file, and what could not be taken over, item by item."""

    definition: dict[str, Any]
    losses: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Importer:
    """`read` takes the bytes and the name of a file. :raises transfer.FileRefused: when it cannot."""

    label: str | Promise
    help: str | Promise
    read: Callable[[bytes, str], Imported]


def _yaml(data: bytes, name: str) -> Imported:
    return Imported(transfer.load(data))


IMPORTERS: dict[str, Importer] = {
    "yaml": Importer(
        _("E-service (YAML)"), _("A file exported from this portal, here or elsewhere."), _yaml
    ),
}
