"""The figures: one's own for everybody, those of the office and the fairness report for chiefs."""

from django.http import Http404, HttpRequest, HttpResponse

from eservices.backoffice import sheets
from eservices.backoffice.fairness import Fairness
from eservices.backoffice.figures import Activity, Period
from eservices.backoffice.tables import OfficeTables, own_table
from eservices.backoffice.views.base import AgentView
from portal.accounts.models import Role


class FiguresView(AgentView):
    """What I did; for a chief also what the office did. Each table as CSV too."""

    def get(self, request: HttpRequest) -> HttpResponse:
        period = Period.read(request.GET, self.agent.time_zone)
        user = self.agent.user
        only = None if self.agent.is_chief else user
        activity = Activity.of(self.agent.office_ids, period, only)
        mine = own_table(activity.person(user))
        office = OfficeTables(self.agent, activity) if self.agent.is_chief else None
        tables = office.tables() if office else []
        if wanted := request.GET.get("table", ""):
            found = next((one for one in [mine, *tables] if one.key == wanted), None)
            if found is None:
                raise Http404
            name = f"{found.key}-{period.start:%Y-%m-%d}-{period.end:%Y-%m-%d}"
            return sheets.csv_response(name, found.head, found.sheet)
        context = {"period": period, "mine": mine, "tables": tables, "nav": "figures"}
        return self.page("backoffice/figures.html", context)


class FairnessView(AgentView):
    """How files were handled in the offices of a chief."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offices = [row.office_id for row in self.agent.memberships if row.role == Role.CHIEF]
        if not offices:
            raise Http404
        period = Period.read(request.GET, self.agent.time_zone)
        report = Fairness(offices, period)
        context = {
            "period": period,
            "out_of_order": report.out_of_order(),
            "held": report.held(),
            "readings": report.readings(),
            "passed_on": report.passed_on(),
            "nav": "figures",
        }
        return self.page("backoffice/fairness.html", context)
