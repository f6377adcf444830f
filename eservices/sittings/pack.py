"""The dossiers of a sitting in one encrypted archive that opens without a network."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyzipper
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from eservices.attachments import services as attachments
from eservices.attachments.models import Attachment
from eservices.cases import services as cases
from eservices.cases.models import CaseTask, Outcome
from eservices.catalog import services as catalog
from eservices.catalog.circuits.model import Circuit
from eservices.documents.marking import mark_of, marked
from eservices.formdefs import engine
from eservices.sittings import policies
from eservices.sittings.errors import SittingError
from eservices.sittings.models import AgendaItem, Sitting
from eservices.sittings.services.reading import record_reading
from portal.accounts.models import Role, User

STYLE = Path(__file__).parent / "pack.css"
LEAST_PASSWORD = 12
OUTCOMES = dict(
    [
        *Outcome.choices,
        ("silence", gettext_lazy("Silence")),
        ("returned", gettext_lazy("Sent back")),
    ]
)


@dataclass(frozen=True)
class Pack:
    name: str
    content: bytes


@transaction.atomic
def build(sitting: Sitting, *, reader: User, password: str) -> Pack:
    """Return all dossiers with an index and their digests, marked with the reader's name.

    Every case in it is recorded as read; what the reader may not read is a number only. The
    password is kept nowhere.
    :raises SittingError: when it is too short.
    """
    if len(password) < LEAST_PASSWORD:
        text = _("Choose a password of at least %(n)d signs.") % {"n": LEAST_PASSWORD}
        raise SittingError(text)
    withheld = policies.withheld(reader, sitting)
    with translation.override("fr"):
        files = _files(sitting, reader, withheld)
    sums = "".join(f"{hashlib.sha256(body).hexdigest()}  {name}\n" for name, body in files.items())
    stream = io.BytesIO()
    with pyzipper.AESZipFile(
        stream, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(password.encode())
        for name, body in {**files, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(name, body)
    for item in sitting.items.exclude(pk__in=withheld).select_related("case__office"):
        record_reading(item, reader=reader)
    day = timezone.localtime(sitting.starts_at)
    return Pack(f"seance-{day:%Y-%m-%d}-{sitting.pk}.zip", stream.getvalue())


def _files(sitting: Sitting, reader: User, withheld: set[int]) -> dict[str, bytes]:
    at = timezone.now()
    common = {"sitting": sitting, "reader": reader, "at": at}
    files: dict[str, bytes] = {"style.css": STYLE.read_bytes()}
    index: list[tuple[int, AgendaItem | None, str, str]] = []
    items = sitting.items.select_related("case__version", "case__eservice", "case__office")
    for number, item in enumerate(items, start=1):
        if item.pk in withheld:
            index.append((number, None, "", ""))
            continue
        folder = f"{number:02d}-{slugify(item.case.reference)}"
        pieces = []
        for place, (label, piece) in enumerate(pieces_of(item), start=1):
            if piece.is_held:
                pieces.append((f"{label} : {piece.why_held}", ""))
                continue
            name = f"{folder}/{place:02d}-{_safe(piece.name)}"
            with piece.file.open("rb") as body:
                files[name] = marked(body.read(), piece.content_type, mark_of(reader, at))
            pieces.append((label, name.partition("/")[2]))
        page = render_to_string(
            "sittings/pack_dossier.html",
            common | {"item": item, "number": number, "pieces": pieces} | dossier(item),
        ).encode()
        files[f"{folder}/dossier.html"] = page
        index.append((number, item, f"{folder}/dossier.html", hashlib.sha256(page).hexdigest()))
    files["index.html"] = render_to_string(
        "sittings/pack_index.html", common | {"index": index}
    ).encode()
    return files


def pieces_of(item: AgendaItem) -> list[tuple[str, Attachment]]:
    """Return the pieces of the dossier, each with what it is called."""
    spec = catalog.compiled(item.case.version)
    labels = {piece.key: piece.label for piece in engine.all_pieces(spec)}
    owned = attachments.for_owner(cases.attachment_owner(item.case))
    return [(labels.get(piece.slot, piece.slot), piece) for piece in owned]


def dossier(item: AgendaItem, language: str = "fr") -> dict[str, Any]:
    """Return answers and visas of the case as they are read on paper."""
    spec = catalog.compiled(item.case.version)
    tasks = CaseTask.objects.filter(case=item.case, status="done").select_related(
        "done_by", "office"
    )
    return {
        "sections": engine.summary(spec, item.case.answers, language),
        "visas": _visas(item, tasks, language),
    }


def _visas(item: AgendaItem, tasks: Any, language: str) -> list[dict[str, Any]]:
    circuit = Circuit.of(catalog.compiled(item.case.version).source)
    found = []
    for task in tasks.order_by("pk"):
        stage = circuit.find(task.stage)
        outcome = stage.outcome(task.outcome) if stage else None
        found.append(
            {
                "title": stage.title_in(language) if stage else task.stage,
                "office": task.office.name_in(language),
                "who": str(task.done_by or _("No answer")),
                "function": _function(task),
                "at": task.done_at,
                "outcome": outcome.text if outcome else OUTCOMES.get(task.outcome, task.outcome),
                "note": task.note,
            }
        )
    return found


def _function(task: CaseTask) -> str:
    """Return the function of who signed, on that day; the role when nobody said more."""
    if task.done_by is None:
        return ""
    return task.signed_as or str(Role(task.role).label)


def _safe(name: str) -> str:
    stem, dot, suffix = name.rpartition(".")
    return f"{slugify(stem or suffix) or 'piece'}{dot}{slugify(suffix)}" if dot else slugify(name)
