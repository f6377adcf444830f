"""The formats an e-service may come in. Another format is a line: its name and a function."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from eservices.catalog import transfer
from eservices.catalog.transfer import FileRefused
from eservices.formdefs.importers.base import CannotImport, Imported
from eservices.formdefs.importers.openforms import import_openforms
from eservices.formdefs.importers.xlsform import import_xlsform


@dataclass(frozen=True, slots=True)
class Importer:
    """`read` takes the bytes and the name of a file. :raises transfer.FileRefused: when it cannot."""

    label: str | Promise
    help: str | Promise
    read: Callable[[bytes, str], Imported]


def _from(reads: Callable[[bytes, str], Imported]) -> Callable[[bytes, str], Imported]:
    def read(data: bytes, name: str) -> Imported:
        try:
            return reads(data, name)
        except CannotImport as error:
            raise FileRefused(str(error)) from error

    return read


def _yaml(data: bytes, name: str) -> Imported:
    return Imported(transfer.load(data))


IMPORTERS: dict[str, Importer] = {
    "yaml": Importer(
        _("E-service (YAML)"), _("A file exported from this portal, here or elsewhere."), _yaml
    ),
    "xlsform": Importer(
        _("XLSForm"),
        _("The workbook of Kobo, ODK or SurveyCTO (.xlsx), or its survey as CSV."),
        _from(import_xlsform),
    ),
    "openforms": Importer(
        _("Open Forms"), _("The export of a form, as ZIP or JSON."), _from(import_openforms)
    ),
}
