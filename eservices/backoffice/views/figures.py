"""The figures: one's own for everybody, those of the office and the fairness report for chiefs."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from eservices.backoffice import charts, sheets
from eservices.backoffice.fairness import PARTS, SHOWN_ALONE, Fairness
from eservices.backoffice.oversight import Oversight
from eservices.backoffice.tables import OfficeTables, Table, own_table
from eservices.backoffice.views.base import AgentView
from eservices.figures.activity import Activity, by_day
from eservices.figures.forecast import past_weeks
from eservices.figures.periods import Period
from eservices.figures.services import behind
from portal.accounts.models import Role


class FiguresView(AgentView):
    """What I did; for a chief also what the office did. Each table for spreadsheets too."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if wanted := request.GET.get("table", ""):
            return self._sheet(wanted)
        context = {
            "period": self.period,
            "mine": self.mine,
            "tables": self.tables,
            "flow": charts.flow(by_day(self.oversight.office_ids, self.period))
            if self.agent.is_chief
            else None,
            "below": self.oversight.below,
            "behind": behind(),
            "nav": "figures",
        }
        return self.page("backoffice/figures.html", context)

    def _sheet(self, wanted: str) -> HttpResponse:
        found = next((one for one in [self.mine, *self.tables] if one.key == wanted), None)
        if found is None:
            raise Http404
        name = f"{found.key}-{self.period.start:%Y-%m-%d}-{self.period.end:%Y-%m-%d}"
        kind = self.request.GET.get("as", "csv")
        sheet = sheets.Sheet(found.title, found.columns, found.sheet)
        return sheets.response(name, kind if kind in sheets.TYPES else "csv", [sheet])

    @cached_property
    def period(self) -> Period:
        return Period.read(self.request.GET, self.agent.time_zone)

    @cached_property
    def oversight(self) -> Oversight:
        return Oversight.of(self.agent)

    @cached_property
    def mine(self) -> Table:
        own = Activity.of(self.agent.office_ids, self.period, user=self.agent.user)
        return own_table(own.person(self.agent.user))

    @cached_property
    def tables(self) -> list[Table]:
        if not self.agent.is_chief:
            return []
        office_ids = self.oversight.office_ids
        own = [office.pk for office in self.oversight.own]
        activity = Activity.of(office_ids, self.period, people_in=own)
        weeks = past_weeks(timezone.localdate(), self.agent.time_zone)
        return OfficeTables(self.oversight, activity, Activity.of(office_ids, weeks)).tables()


class FairnessView(AgentView):
    """How files were handled in the offices of a chief."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offices = [row.office_id for row in self.agent.memberships if row.role == Role.CHIEF]
        if not offices:
            raise Http404
        period = Period.read(request.GET, self.agent.time_zone)
        part = request.GET.get("part", "")
        if part in PARTS:
            report = Fairness(offices, period, SHOWN_ALONE)
            context: dict[str, Any] = {"parts": [part], "alone": part}
        else:
            report = Fairness(offices, period)
            held = report.held()
            context = {
                "parts": PARTS,
                "held": held,
                "people": report.by_person(held),
                "untouched": report.untouched(),
            }
        return self.page(
            "backoffice/fairness.html",
            {"period": period, "nav": "figures", **_lists(report, context)},
        )


def _lists(report: Fairness, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context with the lists of the parts that it shows."""
    lists = {
        "held": ("held", report.held),
        "skipped": ("out_of_order", report.out_of_order),
        "looked": ("readings", report.readings),
        "taken_away": ("reassigned", report.reassigned),
        "passed_on": ("passed_on", report.passed_on),
    }
    wanted = [lists[part] for part in context["parts"]]
    return {name: read() for name, read in wanted if name not in context} | context
