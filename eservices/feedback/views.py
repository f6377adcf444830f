"""The citizen's side of suggestions and complaints. Works without account, cookie and script."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from eservices.catalog.models import EService
from eservices.feedback import services
from eservices.feedback.forms import FeedbackForm, FollowForm
from eservices.feedback.services import Author
from portal.accounts.models import Office
from portal.core.throttling import TooMany, throttle


class NewView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, self._form(request, None))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self._form(request, request.POST)
        if form.is_from_a_robot:  # it believes that it was heard
            return redirect("feedback:follow")
        if not form.is_valid():
            return self._page(request, form, status=422)
        typed = form.cleaned_data
        try:
            throttle("feedback", request, key=typed["phone"] or typed["email"] or "nameless",
                     per_minute=5)  # fmt: skip
        except TooMany as exc:
            form.add_error(None, str(exc))
            return self._page(request, form, status=429)
        feedback = services.file(
            kind=typed["kind"],
            text=typed["text"],
            office=form.office_to_ask,
            author=Author(
                name=typed["name"],
                phone=typed["phone"],
                email=typed["email"],
                language=get_language() or "fr",
            ),
            procedure=typed["procedure"],
            eservice=form.case.eservice if form.case else self._eservice(request.POST),
            case=form.case,
        )
        return render(request, "feedback/sent.html", {"feedback": feedback})

    def _form(self, request: HttpRequest, data: Any) -> FeedbackForm:
        source = data if data is not None else request.GET
        place = Office.objects.open().select_related("calendar")
        return FeedbackForm(
            data,
            initial={
                "procedure": request.GET.get("procedure", "")[:40],
                "lieu": request.GET.get("lieu", "")[:50],
                "reference": request.GET.get("dossier", "")[:40],
            },
            eservice=self._eservice(source),
            place=place.filter(code=source.get("lieu") or "-").first(),
        )

    def _eservice(self, source: Any) -> EService | None:
        code = source.get("procedure") or "-"
        return EService.objects.select_related("current").filter(code=code).first()

    def _page(self, request: HttpRequest, form: FeedbackForm, status: int = 200) -> HttpResponse:
        source = request.POST or request.GET
        context = {"form": form, "eservice": self._eservice(source), "days": services.WORKING_DAYS}
        return render(request, "feedback/new.html", context, status=status)


class FollowView(View):
    """The answer, for who knows the number and the phone."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = FollowForm(initial={"reference": request.GET.get("numero", "")[:40]})
        return render(request, "feedback/follow.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = FollowForm(request.POST)
        feedback = None
        if form.is_valid():
            try:
                throttle("feedback-follow", request, key=form.cleaned_data["reference"],
                         per_minute=5)  # fmt: skip
                feedback = services.find(**form.cleaned_data)
            except TooMany as exc:
                form.add_error(None, str(exc))
            else:
                if feedback is None:
                    form.add_error(None, _("No message has this number and this phone or mail."))
        status = 200 if feedback else 422
        context = {"form": form, "feedback": feedback}
        response = render(request, "feedback/follow.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response
