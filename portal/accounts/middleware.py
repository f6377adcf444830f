"""Staff work behind a second factor."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.accounts.models import User
from portal.accounts.policies import enrolled_factors, is_staff_account

WALLED = frozenset({"agent", "cms"})
PASSED_KEY = "second_factor_passed"
# How long a session may rely on an earlier look at the database: a factor that an administrator
# takes away stops working within this time.
PASSED_SECONDS = 300
LONGEST_NEXT = 500


class StaffSecondFactorMiddleware:
    """Let staff reach the desk and the CMS only when this session used a second factor.

    Everybody else passes unseen, to views that answer who may do what (the CMS: refused here). Costs no query
    outside the walled addresses, none for anonymous people, and one in five minutes for staff.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        place = walled_place(request.path_info)
        if place and isinstance(request.user, User):
            detour = _detour(request, request.user)
            if detour is not None:
                return detour
            if place == "cms" and not request.user.has_perm("wagtailadmin.access_admin"):
                # Wagtail would send to the login page, which sends back who is signed in: a ring.
                raise PermissionDenied
        return self.get_response(request)


def walled_place(path: str) -> str:
    """Return "agent" or "cms" when `path` belongs to the desk or the CMS, in any language."""
    first, _slash, rest = path.lstrip("/").partition("/")
    if first in dict(settings.LANGUAGES):
        first = rest.lstrip("/").partition("/")[0]
    return first if first in WALLED else ""


def _detour(request: HttpRequest, user: User) -> HttpResponseRedirect | None:
    """Return where `user` must go first, or None to let the request pass."""
    used = any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )
    if used and _passed_lately(request, user):
        return None
    if not is_staff_account(user):
        return None
    factors = enrolled_factors(user)
    if not factors:
        messages.warning(
            request,
            _("Staff accounts need a second factor: add an authenticator app or a passkey first."),
        )
        return _redirect("mfa_index", request)
    if not used:
        messages.warning(request, _("Confirm with your second factor to open this page."))
        by_code = "totp" in factors
        return _redirect(
            "mfa_reauthenticate" if by_code else "mfa_reauthenticate_webauthn", request
        )
    request.session[PASSED_KEY] = {"user": user.pk, "at": time.time()}
    return None


def _passed_lately(request: HttpRequest, user: User) -> bool:
    passed = request.session.get(PASSED_KEY)
    if not isinstance(passed, dict) or passed.get("user") != user.pk:
        return False
    return time.time() - passed["at"] < PASSED_SECONDS


def _redirect(name: str, request: HttpRequest) -> HttpResponseRedirect:
    # The path is one of ours by construction (it begins with a walled segment); a posted form is
    # not repeated, its page is shown again.
    target = request.get_full_path() if request.method == "GET" else request.path
    if target.startswith("//") or len(target) > LONGEST_NEXT:
        target = "/"
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': target})}")
