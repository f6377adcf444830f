"""The lines of a list of cases.

Written here and not in a template: a list has up to a hundred lines of thirty values each, and the
template took as long for them as all statements of the page together.
"""

from collections.abc import Iterable
from datetime import datetime

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from eservices.backoffice.rows import Row

register = template.Library()

NUMBER = "0"  # stands for the number of a case in its address


class Stencil:
    """What all lines of one page have in common: words, address, columns."""

    def __init__(self, query: str, *, is_ticked: bool) -> None:
        self.is_ticked = is_ticked
        before, _number, after = reverse("backoffice:case", args=[NUMBER]).rpartition(NUMBER)
        self.before, self.after = before, after + (f"?{escape(query)}" if query else "")
        self.tick, self.asked_by = _("Tick %(number)s"), _("asked by %(office)s")
        self.is_late, self.stopped = _("%(time)s late"), _("stopped")
        self.heads = [
            _("Service"), _("Applicant"), _("Age"), _("Due"), _("Status"), _("With"),
        ]  # fmt: skip

    def line(self, row: Row) -> str:
        number = escape(row.reference)
        service, applicant, age, due, status, holder = self.heads
        opening = '<tr class="is-late">' if row.late else "<tr>"
        return (
            f"{opening}{self._tick(number)}"
            f'<th scope="row"><a class="g-reference g-reference--small"'
            f' href="{self.before}{number}{self.after}">{number}</a></th>'
            f'<td class="g-cases__service" data-label="{service}">{_titled(row.service)}</td>'
            f'<td class="g-cases__name" data-label="{applicant}">{self._name(row)}</td>'
            f'<td class="g-nowrap g-cases__age" data-label="{age}">{_age(row)}</td>'
            f'<td class="g-nowrap g-cases__due" data-label="{due}">{self._due(row)}</td>'
            f'<td class="g-cases__status" data-label="{status}">{_status(row)}</td>'
            f'<td class="g-cases__with" data-label="{holder}">{_holders(row)}</td></tr>\n'
        )

    def _tick(self, number: str) -> str:
        if not self.is_ticked:
            return ""
        label = self.tick % {"number": number}
        return (
            '<td class="g-tick"><input type="checkbox" form="bulk" name="case"'
            f' value="{number}" aria-label="{label}"></td>'
        )

    def _name(self, row: Row) -> str:
        tags = [f' <span class="g-tag g-tag--neutral">{escape(one)}</span>' for one in row.labels]
        if row.asked_by:
            asked = self.asked_by % {"office": escape(row.asked_by)}
            tags.insert(0, f' <span class="g-tag g-tag--info">{asked}</span>')
        return f"<span><bdi>{escape(row.applicant)}</bdi>{''.join(tags)}</span>"

    def _due(self, row: Row) -> str:
        if row.late:
            late = self.is_late % {"time": escape(row.late)}
            return f'<strong class="g-late">{late}</strong>'
        if row.is_stopped:
            return f'<span class="g-muted">{self.stopped}</span>'
        if row.due_at and row.stage:
            at = timezone.localtime(row.due_at)
            shown = escape(date_format(at, "j N H:i"))
            return f'<time datetime="{at.isoformat()}">{shown}</time>'
        return "–"


@register.simple_tag
def case_lines(rows: Iterable[Row], query: str = "", *, is_ticked: bool = False) -> SafeString:
    """Return one table row for each case; `query` travels on to its page."""
    stencil = Stencil(query, is_ticked=is_ticked)
    return mark_safe("".join([stencil.line(row) for row in rows]))  # noqa: S308  escaped above


def _titled(text: str) -> str:
    title = escape(text)
    return f'<span title="{title}">{title}</span>'


def _age(row: Row) -> str:
    at: datetime | None = row.filed_at and timezone.localtime(row.filed_at)
    title = escape(date_format(at, "SHORT_DATETIME_FORMAT")) if at else ""
    moment = at.isoformat() if at else ""
    return f'<time datetime="{moment}" title="{title}">{escape(row.age)}</time>'


def _status(row: Row) -> str:
    stage = f' <small class="g-muted">{escape(row.stage)}</small>' if row.stage else ""
    tag = f'<span class="g-tag g-tag--{row.kind}">{escape(row.status)}</span>'
    return f"<span>{tag}{stage if row.is_in_review else ''}</span>"


def _holders(row: Row) -> str:
    people = ", ".join([f"<bdi>{escape(one)}</bdi>" for one in row.holders])
    return people or '<span class="g-muted">–</span>'
