"""Coming back: a link and a code by SMS, the account's list, and leaving nothing behind."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST

from eservices.cases.models import Case
from eservices.catalog.models import EService
from eservices.filing import access, progress, services, telling
from eservices.filing.errors import WrongCode
from eservices.filing.forms import CodeForm, PhoneForm
from eservices.filing.models import Draft, Purpose
from eservices.filing.views.base import DraftView

LINK_SECONDS = 90 * 24 * 3600


def index(request: HttpRequest) -> HttpResponse:
    """Every request that can be made online."""
    return render(request, "filing/index.html", {"eservices": list(EService.objects.published())})


class LaterView(DraftView):
    """Stop now, come back later: from this browser, or with a link and a code on another one."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        answers = self.draft.answers
        phone = self.draft.phone or answers.get("phone") or ""
        return self._later_page(PhoneForm(initial={"phone": phone}))

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return self._later_page(form, status=422)
        telling.send_way_back(self.draft, phone=form.cleaned_data["phone"], link=self._link())
        return self._later_page(form, sent_to=form.cleaned_data["phone"])

    def _later_page(self, form: forms.Form, sent_to: str = "", status: int = 200) -> HttpResponse:
        context = {"form": form, "link": self._link(), "sent_to": sent_to}
        return self.page("filing/later.html", "", context, status)

    def _link(self) -> str:
        return self.request.build_absolute_uri(telling.way_back(self.draft))


class ResumeView(View):
    """Open a draft from its link, once the code sent by SMS is typed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        draft = self._draft(token)
        if draft and draft.pk in access.keys(request):
            return self._continue(draft)
        return render(request, "filing/resume.html", {"form": CodeForm(), "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if "_send" in request.POST:
            row = telling.send_resume_code(self._draft(token))
            context = {"form": CodeForm(initial={"access": row.pk}), "token": token, "sent": True}
            return render(request, "filing/resume.html", context)
        form = CodeForm(request.POST)
        draft = None
        if form.is_valid():
            try:
                target = services.redeem(
                    form.cleaned_data["access"], form.cleaned_data["code"], purpose=Purpose.RESUME
                )
                draft = Draft.objects.with_version().filter(pk=target).first()
            except WrongCode as exc:
                form.add_error("code", str(exc))
        if draft is None:
            context = {"form": form, "token": token, "sent": True}
            return render(request, "filing/resume.html", context, status=422)
        response = self._continue(draft)
        remember = access.hold if draft.owner_id is None else access.visit
        remember(request, response, draft.pk)
        return response

    def _continue(self, draft: Draft) -> HttpResponse:
        return redirect(progress.first_gap_url(draft, services.compiled(draft)))

    def _draft(self, token: str) -> Draft | None:
        try:
            key = uuid.UUID(signing.loads(token, salt=telling.LINK_SALT, max_age=LINK_SECONDS))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return Draft.objects.with_version().filter(pk=key).first()


@login_required
@cache_control(no_store=True)
def my_requests(request: HttpRequest) -> HttpResponse:
    """The account's requests and drafts, newest first."""
    person = access.account(request)
    assert person is not None
    context = {
        "cases": Case.objects.for_applicant(person)
        .select_related("eservice", "office")
        .order_by("-created_at")[:50],
        "helped": Draft.objects.helped_by(person).with_version().order_by("-saved_at")[:20],
        "drafts": Draft.objects.for_applicant(person).with_version().order_by("-saved_at")[:20],
    }
    return render(request, "filing/my_requests.html", context)


def forgotten(request: HttpRequest) -> HttpResponse:
    """What is left after erasing: nothing, and a sentence that says so."""
    return render(request, "filing/forgotten.html")


class StayView(DraftView):
    """The person at a shared computer is still there: the half hour begins anew."""

    tells_news = False

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return JsonResponse({"seconds": access.SHARED_SECONDS})


@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Erase what this browser remembers of the person's requests, and sign out."""
    response = redirect("filing:forgotten")
    if request.session.session_key:
        request.session.flush()
    access.forget(response)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
