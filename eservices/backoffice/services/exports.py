"""Files of many rows: ordered by a person, made by the worker, fetched within three days."""

import logging
import tempfile
from datetime import timedelta

from django.core.files.base import File
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.models import Content, Export, ExportStatus, FiguresPlan, Format, Rhythm
from eservices.cases.errors import BadRequest
from portal import jobs
from portal.accounts.models import User
from portal.core.private_files import remove_orphans

logger = logging.getLogger(__name__)
FOLDER = "exports"
KEPT = timedelta(days=3)
# The queue ends a job after two minutes: a file that takes longer was abandoned by a killed worker.
LONGEST = timedelta(seconds=150)
MOST_ATTEMPTS = 3  # a file that ends its worker each time is given up
FORGOTTEN = timedelta(days=1)
UNFINISHED = (ExportStatus.WAITING, ExportStatus.RUNNING)
MOST = 3  # files at once for one person


@transaction.atomic
def order(*, owner: User, content: str, format: str, query: str = "") -> Export:
    """Ask for a file. :raises BadRequest: for an unknown format, or too many at a time."""
    if content not in Content.values or format not in Format.values:
        raise BadRequest(_("Choose one of the formats."))
    if owner.exports.filter(status__in=UNFINISHED).count() >= MOST:
        raise BadRequest(_("Three files are being made for you already: wait for one of them."))
    export = Export.objects.create(owner=owner, content=content, format=format, query=query[:1000])
    jobs.enqueue("eservices.backoffice.jobs.make_export", export.pk)
    return export


def begin(export_id: int) -> Export | None:
    """Return the export if it is still to be made, marked as being made by the caller."""
    rows = Export.objects.filter(pk=export_id, status=ExportStatus.WAITING)
    begun = {"status": ExportStatus.RUNNING, "created_at": timezone.now(), "done": 0, "total": 0}
    if not rows.update(attempts=F("attempts") + 1, **begun):
        return None
    return Export.objects.select_related("owner").get(pk=export_id)


def progress(export: Export, *, done: int, total: int) -> None:
    Export.objects.filter(pk=export.pk).update(done=done, total=total)


def finish(export: Export, content: "tempfile._TemporaryFileWrapper[bytes]") -> None:
    """Keep the file where only its owner gets at it."""
    size = content.tell()
    content.seek(0)
    name = f"{FOLDER}/{export.key}.{export.format}"
    storages["private"].delete(name)  # kept by a worker that was killed before it could say so
    name = storages["private"].save(name, File(content))
    Export.objects.filter(pk=export.pk).update(
        status=ExportStatus.READY, file=name, size=size, expires_at=timezone.now() + KEPT
    )


def fail(export: Export) -> None:
    Export.objects.filter(pk=export.pk).update(status=ExportStatus.FAILED)


def resume() -> int:
    """Have made again what a killed worker abandoned, a few times; return how many files."""
    abandoned = Export.objects.filter(
        status=ExportStatus.RUNNING, created_at__lt=timezone.now() - LONGEST
    )
    abandoned.filter(attempts__gte=MOST_ATTEMPTS).update(status=ExportStatus.FAILED)
    count = 0
    for export in abandoned:
        with transaction.atomic():
            # Of two machines one finds it so.
            if abandoned.filter(pk=export.pk).update(status=ExportStatus.WAITING):
                jobs.enqueue("eservices.backoffice.jobs.make_export", export.pk)
                count += 1
    return count


def purge() -> int:
    """Destroy the files whose time is over or that nobody is told of; give up what never began."""
    now = timezone.now()
    waiting = Export.objects.filter(status=ExportStatus.WAITING, created_at__lt=now - FORGOTTEN)
    waiting.update(status=ExportStatus.FAILED)
    over = list(Export.objects.filter(status=ExportStatus.READY, expires_at__lt=now))
    for export in over:
        storages["private"].delete(export.file)
        Export.objects.filter(pk=export.pk).update(status=ExportStatus.EXPIRED, file="")
    remove_orphans(FOLDER, _named)
    return len(over)


def _named(names: list[str]) -> set[str]:
    return set(Export.objects.filter(file__in=names).values_list("file", flat=True))


def plan(*, owner: User, rhythm: str, format: str) -> None:
    """Send the figures to this chief again and again; without rhythm, no more."""
    if not rhythm:
        FiguresPlan.objects.filter(owner=owner).delete()
        return
    if rhythm not in Rhythm.values or format not in Format.values:
        raise BadRequest(_("Choose one of the formats."))
    FiguresPlan.objects.update_or_create(owner=owner, defaults={"rhythm": rhythm, "format": format})


@transaction.atomic
def order_planned(plan: FiguresPlan, *, first: str, last: str) -> Export | None:
    """Order the file of one period, once, whoever else does so at the same time."""
    rows = FiguresPlan.objects.filter(pk=plan.pk).exclude(last_day=last)
    if not rows.update(last_day=last):
        return None
    query = f"from={first}&to={last}&mail=1"
    export = Export.objects.create(
        owner=plan.owner, content=Content.FIGURES, format=plan.format, query=query
    )
    jobs.enqueue("eservices.backoffice.jobs.make_export", export.pk)
    return export
