"""What waits for one person beside the queue: notes that name them, tasks with a day."""

from django.http import HttpRequest, HttpResponse

from eservices.backoffice.views.base import AgentView
from eservices.casework import teamwork


class TodoView(AgentView):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "mentions": teamwork.mentions(self.agent.user),
            "errands": teamwork.errands_of(self.agent.user),
            "nav": "todo",
        }
        return self.page("casework/todo.html", context)
