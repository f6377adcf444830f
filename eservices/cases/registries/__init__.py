"""Registers of the administration, asked for a yes or a no: the record itself never travels (EST-4)."""

from collections.abc import Mapping
from importlib import import_module
from typing import Protocol

from django.conf import settings


class Registry(Protocol):
    """One register. `check` may be slow or fail: it is never called while a case is locked."""

    def check(self, data: Mapping[str, str], *, message_id: str) -> str:
        """Return `concordant`, `not_concordant` or `unknown`. :raises RegistryUnreachable:"""
        ...


class RegistryUnreachable(Exception):
    """The register gave no answer; the agent checks by hand, and says so."""


def registry(name: str) -> Registry:
    """Return the register called `name` by the settings. :raises RegistryUnreachable: there is none."""
    path = settings.REGISTRIES.get(name)
    if path is None:
        raise RegistryUnreachable(name)
    module, _dot, attribute = path.rpartition(".")
    made: Registry = getattr(import_module(module), attribute)()
    return made
