"""What an export holds: the list of a view, or the figures of a period."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.backoffice.access import Agent
from eservices.backoffice.filters import Filters
from eservices.backoffice.models import Content, Export
from eservices.backoffice.oversight import Oversight
from eservices.backoffice.queue import Queue
from eservices.backoffice.rows import Key, Row, list_rows
from eservices.backoffice.sheets import Sheet
from eservices.backoffice.tables import office_tables, own_table
from eservices.figures.periods import Period

Progress = Callable[[int, int], None]
STEP = 500  # rows between two signs of progress


def sheets(agent: Agent, export: Export, progress: Progress) -> list[Sheet]:
    query = QueryDict(export.query)
    if export.content == Content.FIGURES:
        return figures(agent, Period.read(query, agent.time_zone))
    return [cases(agent, Filters.read(query), progress)]


def figures(agent: Agent, period: Period) -> list[Sheet]:
    """Return every table of the figures page."""
    offices = office_tables(Oversight.of(agent), period, agent.time_zone)
    tables = [own_table(agent, period), *offices]
    return [Sheet(table.title, table.columns, table.sheet) for table in tables]


def cases(agent: Agent, filters: Filters, progress: Progress) -> Sheet:
    """Return the list of a view: what it takes to plan work. No name and no answer is in it."""
    head = [
        _("Number"), _("Service"), _("Office"), _("Status"), _("Stage"), _("Filed"), _("Due"),
        _("Decided on"), _("With"), _("Labels"),
    ]  # fmt: skip
    return Sheet(_("Requests"), head, _rows(Queue(agent, filters), progress))


def _rows(queue: Queue, progress: Progress) -> Iterator[list[Any]]:
    keys: QuerySet[Any, Any] = queue.every().values_list("filed_at", "pk")
    found: list[Key] = list(keys)
    progress(0, len(found))
    for done in range(0, len(found), STEP):
        for row in list_rows(found[done : done + STEP], queue.agent.office_ids):
            yield _row(row)
        progress(min(done + STEP, len(found)), len(found))


def _row(row: Row) -> list[Any]:
    return [
        row.reference, row.service, row.office, row.status, row.stage, _moment(row.filed_at),
        _moment(row.due_at), _moment(row.decided_at), ", ".join(row.holders), ", ".join(row.labels),
    ]  # fmt: skip


def _moment(at: datetime | None) -> datetime | None:
    """Return what the clock on the wall said: spreadsheets know no time zones, and no seconds here."""
    return timezone.localtime(at).replace(tzinfo=None, second=0, microsecond=0) if at else None
