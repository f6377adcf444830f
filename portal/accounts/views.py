"""The personal space: who I am to the portal, how I sign in, where I am signed in."""

from typing import Any

from allauth.usersessions.internal.flows.sessions import end_other_sessions
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.generic import FormView, TemplateView

from portal.accounts import services
from portal.accounts.forms import ProfileForm
from portal.accounts.models import User
from portal.accounts.phones import readable_phone
from portal.accounts.policies import enrolled_factors


@method_decorator(never_cache, name="dispatch")  # no personal page stays behind on a shared device
class PersonalView(LoginRequiredMixin, TemplateView):
    """A page about the person who is signed in, and nobody else."""

    person: User

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if isinstance(request.user, User):
            self.person = request.user


class HomeView(PersonalView):
    template_name = "accounts/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        person = self.person
        return super().get_context_data(
            person=person,
            phone=readable_phone(person.phone),
            factors=enrolled_factors(person),
            offices=list(person.offices().open()),
            edits_pages=person.has_perm("wagtailadmin.access_admin"),
            **kwargs,
        )


class ProfileView(PersonalView, FormView):
    template_name = "accounts/profile.html"
    form_class = ProfileForm

    def get_initial(self) -> dict[str, Any]:
        return {"full_name": self.person.get_full_name(), "language": self.person.language or "fr"}

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        services.update_profile(self.person, **form.cleaned_data)
        messages.success(self.request, _("Your details were saved."))
        return redirect("accounts:home")

    def form_invalid(self, form: ProfileForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SessionsView(PersonalView):
    template_name = "accounts/sessions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        sessions = UserSession.objects.purge_and_list(self.person)
        current = self.request.session.session_key
        return super().get_context_data(
            sessions=[
                {"session": session, "is_current": session.session_key == current}
                for session in sessions
            ],
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponseBase:
        end_other_sessions(request, self.person)
        messages.success(request, _("You are signed out everywhere else."))
        return redirect(reverse("accounts:sessions"))
