"""The figures: one's own for everybody, those of the office and the fairness report for chiefs."""

from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse

from eservices.backoffice import charts, sheets
from eservices.backoffice.fairness import PARTS, SHOWN, SHOWN_ALONE, Fairness
from eservices.backoffice.oversight import Oversight
from eservices.backoffice.tables import Table, office_tables, own_table
from eservices.backoffice.views.base import AgentView
from eservices.figures.activity import by_day
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
        return own_table(self.agent, self.period)

    @cached_property
    def tables(self) -> list[Table]:
        return office_tables(self.oversight, self.period, self.agent.time_zone)


class FairnessView(AgentView):
    """How files were handled in the offices of a chief."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offices = [row.office_id for row in self.agent.memberships if row.role == Role.CHIEF]
        if not offices:
            raise Http404
        period = Period.read(request.GET, self.agent.time_zone)
        alone = request.GET.get("part", "")
        is_alone = alone in PARTS
        report = Fairness(offices, period, SHOWN_ALONE if is_alone else SHOWN)
        lists = report.listed([alone] if is_alone else PARTS)
        context = {"period": period, "alone": alone if is_alone else "", "nav": "figures", **lists}
        if not is_alone:
            context["people"] = report.by_person(lists["held"])
            context["untouched"] = report.untouched()
        return self.page("backoffice/fairness.html", context)
