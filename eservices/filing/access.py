"""What this browser may open without an account: signed keys in cookies, no session, no query."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from portal.accounts.models import User

HELD = "guichet_requests"  # drafts begun here and requests sent from here
VISITED = "guichet_follow"  # requests opened with a code: forgotten sooner
HELD_SECONDS = 30 * 24 * 3600
VISIT_SECONDS = 3600
# On a shared computer: cookies that end with the browser, and half an hour after the last page.
SHARED = "guichet_shared"
SHARED_HELD = "guichet_requests_here"
SHARED_SECONDS = 1800
MOST_KEYS = 12  # a cookie has 4 kB
SALT = "eservices.filing.access"


def account(request: HttpRequest) -> User | None:
    """Return the signed-in person; asks nothing of the database when there is no session."""
    user = request.user
    return user if isinstance(user, User) and user.is_authenticated else None


def keys(request: HttpRequest) -> set[uuid.UUID]:
    """Return the keys this browser holds; a forged or old cookie holds none."""
    here = _read(request, SHARED_HELD, SHARED_SECONDS)
    return {*_read(request, HELD, HELD_SECONDS), *here, *proven(request)}


def proven(request: HttpRequest) -> set[uuid.UUID]:
    """Return the keys that a code sent by SMS opened here within the hour."""
    return set(_read(request, VISITED, VISIT_SECONDS))


def hold(request: HttpRequest, response: HttpResponseBase, *found: uuid.UUID) -> None:
    """Let this browser come back to these: for thirty days, or while a shared computer is in use."""
    if is_shared(request):
        _write(request, response, SHARED_HELD, SHARED_SECONDS, found)
    else:
        _write(request, response, HELD, HELD_SECONDS, found)


def token(key: uuid.UUID) -> str:
    """Return what a script may keep beside the cookie, and bring back to `keys_of`."""
    return signing.TimestampSigner(salt=f"{SALT}.kept").sign(key.hex)


def keys_of(tokens: Sequence[str]) -> set[uuid.UUID]:
    """Return the keys that these tokens stand for; a forged or old one stands for none."""
    return {key for text in tokens[:MOST_KEYS] for key in _unsigned("kept", text, HELD_SECONDS)}


def is_shared(request: HttpRequest) -> bool:
    """Whether the person said that others use this device."""
    return request.COOKIES.get(SHARED) == "1"


def share(request: HttpRequest, response: HttpResponseBase) -> None:
    """Remember that others use this device: nothing of the person stays on it."""
    request.COOKIES[SHARED] = "1"
    _set_cookie(response, SHARED, "1", None)


def stay(request: HttpRequest, response: HttpResponseBase) -> bool:
    """On a shared computer, begin the half hour anew: somebody is at work. False when it is over."""
    if not is_shared(request):
        return True
    if held := _read(request, SHARED_HELD, SHARED_SECONDS):
        _write(request, response, SHARED_HELD, SHARED_SECONDS, held)
    has_account = account(request) is not None
    if has_account:
        request.session.set_expiry(SHARED_SECONDS)
    return bool(held) or has_account or bool(proven(request))


def visit(request: HttpRequest, response: HttpResponseBase, *found: uuid.UUID) -> None:
    """Let this browser open these for an hour."""
    _write(request, response, VISITED, VISIT_SECONDS, found)


def forget(response: HttpResponseBase) -> None:
    """Leave nothing of the citizen's requests in this browser."""
    for name in (HELD, VISITED, SHARED, SHARED_HELD):
        response.delete_cookie(name)


def _read(request: HttpRequest, name: str, seconds: int) -> list[uuid.UUID]:
    text = request.COOKIES.get(name)
    return _unsigned(name, text, seconds) if text else []


def _unsigned(name: str, text: str, seconds: int) -> list[uuid.UUID]:
    try:
        value = signing.TimestampSigner(salt=f"{SALT}.{name}").unsign(text, max_age=seconds)
        return [uuid.UUID(part) for part in value.split(".") if part]
    except (signing.BadSignature, ValueError):
        return []


def _write(
    request: HttpRequest,
    response: HttpResponseBase,
    name: str,
    seconds: int,
    found: Sequence[uuid.UUID],
) -> None:
    """Keep these keys and those that are there already, newest first; the oldest give way."""
    held = list(dict.fromkeys([*found, *_read(request, name, seconds)]))[:MOST_KEYS]
    value = signing.TimestampSigner(salt=f"{SALT}.{name}").sign(".".join(k.hex for k in held))
    ends_with_browser = name == SHARED_HELD or is_shared(request)
    _set_cookie(response, name, value, None if ends_with_browser else seconds)


def _set_cookie(response: HttpResponseBase, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
