"""What an agent was writing when the session ended: given back on the same page after signing in."""

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure

from portal.accounts.models import User

COOKIE = "guichet-desk"  # who sat here last, signed: what was typed is given back to nobody else
COOKIE_SECONDS = 7 * 24 * 3600
KEY = "desk_held"
KEPT_SECONDS = 3600
LONGEST = 60_000  # signs
NO_ANSWER = {"csrfmiddlewaretoken", "_insert"}


def sign(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Note who sits at this browser, so that a form sent after the session ended has an owner."""
    if _owner(request) == user.pk:
        return
    response.set_signed_cookie(
        COOKIE, str(user.pk), salt=KEY, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def keep(request: HttpRequest) -> bool:
    """Hold the form that was just sent; False when there is none, or nobody it could belong to."""
    owner = _owner(request)
    typed = {name: request.POST.getlist(name) for name in request.POST if name not in NO_ANSWER}
    size = sum(len(text) for texts in typed.values() for text in texts)
    if request.method != "POST" or not owner or not 0 < size <= LONGEST:
        return False
    request.session[KEY] = {"path": request.path, "owner": owner, "at": time.time(), "typed": typed}
    return True


def forget(request: HttpRequest, user: User) -> None:
    """Drop what is somebody else's, or older than an hour."""
    held: dict[str, Any] | None = request.session.get(KEY)
    if held and (held["owner"] != user.pk or time.time() - held["at"] > KEPT_SECONDS):
        del request.session[KEY]


def take(request: HttpRequest) -> QueryDict | None:
    """Return once what was typed on this page before signing in again, and say so."""
    held: dict[str, Any] | None = request.session.get(KEY)
    if not held or held["path"] != request.path:
        return None
    del request.session[KEY]
    typed = QueryDict(mutable=True)
    for name, texts in held["typed"].items():
        typed.setlist(name, texts)
    text = _("You had to sign in again. Nothing was sent yet: check what you wrote, then send it.")
    messages.warning(request, text)
    return typed


def refused_form(request: HttpRequest, reason: str = "") -> HttpResponseBase:
    """Answer a form whose token is not of this session; a page that gives back shows it again as typed.

    The check of where the form came from stands before that of the token: another site's form
    never gets here with an agent's cookies, and nothing is carried out.
    """
    is_old_page = reason.startswith("CSRF token from POST")
    view = getattr(request.resolver_match and request.resolver_match.func, "view_class", None)
    if is_old_page and getattr(view, "gives_back", False) and keep(request):
        return redirect(request.get_full_path())
    response: HttpResponse = csrf_failure(request, reason)
    return response


def _owner(request: HttpRequest) -> int:
    signed = request.get_signed_cookie(COOKIE, "0", salt=KEY, max_age=COOKIE_SECONDS) or "0"
    return int(signed)
