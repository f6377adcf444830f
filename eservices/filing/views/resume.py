"""Coming back: a link and a code by SMS, the account's list, and leaving nothing behind."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_POST

from eservices.cases.models import Case
from eservices.catalog.models import EService
from eservices.filing import access, progress, services, telling
from eservices.filing.errors import WrongCode
from eservices.filing.forms import CodeForm, PhoneForm
from eservices.filing.models import Draft, Purpose
from eservices.filing.views.base import DraftView
from portal.core.throttling import TooMany, throttle

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
        # The phone that agreed to be helped stays the one that follows: no helper changes it.
        helped = {"phone": self.draft.phone} if self.draft.helper_id else None
        form = PhoneForm(helped or request.POST)
        if not form.is_valid():
            return self._later_page(form, status=422)
        telling.send_way_back(self.draft, phone=form.cleaned_data["phone"], link=self._link())
        return self._later_page(form, sent_to=form.cleaned_data["phone"])

    def _later_page(self, form: forms.Form, sent_to: str = "", status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "sent_to": sent_to,
            "first_gap": progress.first_gap_url(self.draft, self.spec),
        }
        return self.page("filing/later.html", "", context, status)

    def _link(self) -> str:
        return self.request.build_absolute_uri(telling.way_back(self.draft))


class ResumeView(View):
    """Open a draft from its link, once the code sent by SMS is typed."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        draft = self._draft(token)
        if draft and draft.pk in access.keys(request):
            return _continue(draft)
        return render(request, "filing/resume.html", {"form": CodeForm(), "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if "_send" in request.POST:
            row = telling.send_resume_code(self._draft(token))
            context = {"form": CodeForm(initial={"access": row.pk}), "token": token, "sent": True}
            return render(request, "filing/resume.html", context)
        form = CodeForm(request.POST)
        draft = _redeemed(request, form)
        if draft is None:
            context = {"form": form, "token": token, "sent": True}
            return render(request, "filing/resume.html", context, status=422)
        response = _continue(draft)
        _remember(request, response, [draft])
        return response

    def _draft(self, token: str) -> Draft | None:
        try:
            key = uuid.UUID(signing.loads(token, salt=telling.LINK_SALT, max_age=LINK_SECONDS))
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return Draft.objects.with_version().filter(pk=key).first()


@method_decorator(never_cache, name="dispatch")
class FindView(View):
    """The requests of this browser; those of another one by a code on the phone they were saved with."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(request, {"form": PhoneForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        return self._redeem(request) if "code" in request.POST else self._send(request)

    def _send(self, request: HttpRequest) -> HttpResponse:
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return self._page(request, {"form": form}, status=422)
        phone = form.cleaned_data["phone"]
        try:
            throttle("resume", request, key=phone, per_minute=3)
        except TooMany as exc:
            form.add_error("phone", str(exc))
            return self._page(request, {"form": form}, status=429)
        # Same page, same work, whether something is there or not: nobody learns who files what.
        row = telling.send_resume_code(Draft.objects.saved_with(phone).with_version().first())
        return self._page(request, {"code_form": CodeForm(initial={"access": row.pk})})

    def _redeem(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        draft = _redeemed(request, form)
        if draft is None:
            return self._page(request, {"code_form": form}, status=422)
        drafts = list(Draft.objects.saved_with(draft.phone).with_version()[: access.MOST_KEYS])
        response = _continue(draft) if len(drafts) == 1 else redirect("filing:find")
        if "shared" in request.POST:
            access.share(request, response)
        _remember(request, response, drafts)
        return response

    def _page(
        self, request: HttpRequest, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        keys = access.keys(request)
        drafts = Draft.objects.for_holder(access.account(request), keys, access.proven(request))
        cases = Case.objects.filter(access_key__in=keys).select_related("eservice", "office")
        shown = {
            "drafts": drafts.with_version().order_by("-saved_at")[:20],
            "cases": cases.order_by("-created_at")[:20] if keys else [],
            "is_shared": access.is_shared(request),
        }
        return render(request, "filing/find.html", shown | context, status=status)


def _redeemed(request: HttpRequest, form: CodeForm) -> Draft | None:
    """Return the draft that the code typed opens; what is wrong is said in `form`."""
    if not form.is_valid():
        return None
    access_id = form.cleaned_data["access"]
    try:
        throttle("code", request, key=str(access_id), per_minute=10)
        key = services.redeem(access_id, form.cleaned_data["code"], purpose=Purpose.RESUME)
    except (WrongCode, TooMany) as exc:
        form.add_error("code", str(exc))
        return None
    return Draft.objects.with_version().filter(pk=key).first()


def _remember(request: HttpRequest, response: HttpResponse, drafts: Iterable[Draft]) -> None:
    """Let this browser open them: those of an account, or of somebody who is helped, for an hour."""
    own = {draft.pk: draft.owner_id is None and draft.helper_id is None for draft in drafts}
    if held := [key for key, is_free in own.items() if is_free]:
        access.hold(request, response, *held)
    if visited := [key for key, is_free in own.items() if not is_free]:
        access.visit(request, response, *visited)


def _continue(draft: Draft) -> HttpResponse:
    return redirect(progress.first_gap_url(draft, services.compiled(draft)))


@login_required
@cache_control(no_store=True)
def my_requests(request: HttpRequest) -> HttpResponse:
    """The account's requests and drafts, newest first."""
    person = access.account(request)
    assert person is not None
    context = {
        "accreditation": services.accreditation_of(person),
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


@require_POST
def find_again(request: HttpRequest) -> HttpResponse:
    """Give this browser back what it held: its database keeps at once what its cookies lose when it
    is ended in the first half minute."""
    keys = access.keys_of(request.POST.getlist("token"))
    free = Draft.objects.filter(pk__in=keys, owner=None, helper=None).values_list("pk", flat=True)
    sent = Case.objects.filter(access_key__in=keys, applicant=None)
    held = {*free, *sent.values_list("access_key", flat=True)}
    response = JsonResponse({"held": [str(key) for key in held]})
    if held:
        access.hold(request, response, *held)
    return response


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """The person at a shared computer is still there: the half hour begins anew."""
    response = JsonResponse({"seconds": access.SHARED_SECONDS})
    return response if access.stay(request, response) else JsonResponse({"lost": True}, status=404)


@require_http_methods(["GET", "HEAD", "POST"])
def forget(request: HttpRequest) -> HttpResponse:
    """Erase what this browser remembers of the person's requests, and sign out."""
    if request.method != "POST":  # the network was away when the session ended here
        return render(request, "filing/forget.html")
    response = redirect("filing:forgotten")
    if request.session.session_key:
        request.session.flush()
    access.forget(response)
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return response
