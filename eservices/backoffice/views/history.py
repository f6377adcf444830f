"""What happened with a case, who looked, and what else there is of the same person."""

from django.http import HttpRequest, HttpResponse

from eservices.backoffice import reading
from eservices.backoffice.views.base import CaseView
from eservices.casework import relatives
from portal.accounts.models import Role


class HistoryView(CaseView):
    """The whole history on one page; who read the file is for the chief."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        is_chief = Role.CHIEF in self.standing.roles
        context = self.context() | {
            "relatives": relatives.of(
                self.case,
                reader=self.agent.user,
                office_ids=self.agent.office_ids,
                roles=self.agent.roles,
            ),
            "corrections": self.file.corrections,
            "readers": reading.last_readers(self.case) if is_chief else [],
            "tab": "history",
            "nav": "queue",
        }
        return self.page("casework/history.html", context)
