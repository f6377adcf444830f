"""The guided exercise, step by step, and what everybody made of it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from eservices.backoffice.views.base import AgentView
from eservices.casework import exercises
from eservices.casework.errors import NotTraining
from portal.accounts.models import Office, Role


class TrainingView(AgentView):
    """For people of a training office; elsewhere it does not exist."""

    office: Office

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        office = next((one for one in self.agent.offices if one.is_training), None)
        if office is None:
            raise Http404
        self.office = office
        return super().answer(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        user = self.agent.user
        exercise = exercises.current(user) or exercises.just_finished(user)
        steps = exercises.look(exercise) if exercise else []
        is_chief = Role.CHIEF in self.agent.roles_in(self.office.pk)
        context = {
            "exercise": exercise,
            "steps": steps,
            "results": exercises.results(self.office, None if is_chief else self.agent.user),
            "is_chief": is_chief,
            "nav": "training",
        }
        return self.page("casework/training.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        going = exercises.current(self.agent.user)
        if "give_up" in request.POST and going is not None:
            exercises.give_up(going)
            return redirect("backoffice:training")
        try:
            exercises.begin(self.agent.user)
        except NotTraining as exc:
            messages.warning(request, str(exc))
        else:
            messages.success(request, _("The exercise has begun. Come back here after each step."))
        return redirect("backoffice:training")
