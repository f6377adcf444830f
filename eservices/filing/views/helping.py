"""An accredited helper begins a request for a person who is there, with her phone and her code."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.catalog import local
from eservices.catalog.errors import EServiceClosed
from eservices.catalog.models import EService
from eservices.filing import access, services, telling
from eservices.filing.errors import WrongCode
from eservices.filing.forms import CodeForm, HelpedForm
from eservices.filing.models import Accreditation, Draft, Purpose
from eservices.formdefs import engine
from portal.accounts.models import Office, User
from portal.core.throttling import TooMany, throttle


class HelpView(View):
    """Ask for the person's phone, then for the code that the person received."""

    accreditation: Accreditation
    person: User
    eservice: EService

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person = access.account(request)
        if person is None:  # the session of a public computer ends soon
            return redirect_to_login(request.get_full_path())
        accreditation = services.accreditation_of(person)
        if accreditation is None:
            raise Http404
        self.person, self.accreditation = person, accreditation
        self.eservice = get_object_or_404(
            EService.objects.select_related("current"), slug=kwargs["slug"]
        )
        response = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def counters(self) -> list[Office]:
        return local.counters(self.eservice.current) if self.eservice.current else []

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._page({"form": self._form()})

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        return self._redeem(request) if "code" in request.POST else self._send(request)

    def _form(self, data: Any = None) -> HelpedForm:
        return HelpedForm(self.eservice.country, data)

    def _send(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request.POST)
        office = next((o for o in self.counters if o.code == request.POST.get("lieu")), None)
        misses = bool(self.counters) and office is None
        again = {"form": form, "counter": office, "misses_counter": misses}
        if not form.is_valid() or misses:
            return self._page(again, status=422)
        phone = form.cleaned_data["phone"]
        try:
            if phone == self.person.phone:
                raise WrongCode(_("This is your own phone. Give the phone of the person you help."))
            throttle("help", request, key=phone, per_minute=3)
            draft = services.begin_helped(
                self.eservice,
                helper=self.person,
                phone=phone,
                language=get_language() or "fr",
                office=office,
            )
        except (EServiceClosed, TooMany, WrongCode) as exc:
            form.add_error("phone", str(exc))
            return self._page(again, status=422)
        row = telling.send_help_code(draft, self.accreditation)
        return self._page({"code_form": CodeForm(initial={"access": row.pk}), "phone": phone})

    def _redeem(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if form.is_valid():
            try:
                throttle("code", request, key=str(form.cleaned_data["access"]), per_minute=10)
                target = services.redeem(
                    form.cleaned_data["access"], form.cleaned_data["code"], purpose=Purpose.HELP
                )
                draft = services.agree(get_object_or_404(Draft, pk=target), helper=self.person)
            except (WrongCode, TooMany) as exc:
                form.add_error("code", str(exc))
            else:
                first = engine.steps(services.compiled(draft), {})[0]
                response = redirect("filing:step", draft.pk, first.key)
                access.share(request, response)  # at a public place, whatever the helper forgets
                return response
        return self._page({"code_form": form}, status=422)

    def _page(self, context: dict[str, Any], status: int = 200) -> HttpResponse:
        shared = {
            "eservice": self.eservice,
            "accreditation": self.accreditation,
            "counters": self.counters,
        }
        return render(self.request, "filing/help.html", shared | context, status=status)
