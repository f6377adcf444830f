"""Whole public pages, kept in memory for as long as nothing they show has changed.

A page belongs to the `SiteMap` that was current when its making began; that object is replaced when
the epoch moves or a date arrives (an alert begins, a service closes). So a kept page is exact, and
asking whether it still is costs one query. Nothing personal gets here: a request with a session
passes by, and an answer that sets a cookie or depends on one is not kept.
"""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from cms_pages import site_map

MOST_BYTES = 32_000_000
LARGEST_PAGE = 500_000
MESSAGES_COOKIE = "messages"


@dataclass(frozen=True)
class _Kept:
    site: object  # the identity of the site map it was made under
    content: bytes
    content_type: str
    etag: str
    language: str
    packed: dict[str, bytes] = field(default_factory=dict)  # by encoding, made when first asked for
    until: datetime | None = None  # when the page alone stops being true: a counter opens or closes

    def pack(self, encoding: str) -> bytes:
        """Return the page compressed. It holds no secret, so nothing can be guessed from its length."""
        if encoding not in self.packed:
            pack = _PACKERS[encoding]
            self.packed[encoding] = pack(self.content)
        return self.packed[encoding]


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda content: brotli.compress(content, quality=5),
    "gzip": lambda content: gzip.compress(content, 9, mtime=0),
}
_pages: OrderedDict[tuple[str, str, str], _Kept] = OrderedDict()
_size = 0


def serve(
    request: HttpRequest, site: site_map.SiteMap, make: Callable[[], HttpResponse]
) -> HttpResponse:
    """Answer `request` from memory, or with what `make` returns, which is kept if it may be.

    An answer with the attribute `true_until` is made again from that moment on.
    """
    if not _is_anonymous(request):
        return make()
    key = _key(request)
    if (kept := _fresh(key, site)) is not None:
        return _answer(request, kept)
    response = make()
    if not _may_keep(request, response):
        return response
    kept = _Kept(
        site=site.token,
        content=response.content,
        content_type=response["Content-Type"],
        etag=f'W/"{hashlib.sha256(response.content).hexdigest()[:20]}"',
        until=getattr(response, "true_until", None),
        language=get_language() or settings.LANGUAGE_CODE,
    )
    _keep(key, kept)
    return _answer(request, kept)


def _is_over(kept: _Kept) -> bool:
    return kept.until is not None and timezone.now() >= kept.until


def answer_from_memory(request: HttpRequest) -> HttpResponse | None:
    """Return the kept page for `request`, or None when it must be made; one query at most.

    For a middleware that stands before sessions, languages and accounts: a kept page needs none.
    """
    if not _is_anonymous(request) or (key := _key(request)) not in _pages:
        return None
    kept = _fresh(key, site_map.for_request(request))
    return _answer(request, kept) if kept is not None else None


def forget() -> None:
    """Drop every kept page: for measuring; exactness never needs it."""
    global _size
    _pages.clear()
    _size = 0


def _key(request: HttpRequest) -> tuple[str, str, str]:
    return (str(request.scheme), request.get_host(), request.path)


def _fresh(key: tuple[str, str, str], site: site_map.SiteMap) -> _Kept | None:
    kept = _pages.get(key)
    if kept is None or kept.site is not site.token or _is_over(kept):
        return None
    _pages.move_to_end(key)
    return kept


def _is_anonymous(request: HttpRequest) -> bool:
    cookies = {settings.SESSION_COOKIE_NAME, MESSAGES_COOKIE} & request.COOKIES.keys()
    return request.method in {"GET", "HEAD"} and not cookies and not request.META["QUERY_STRING"]


def _may_keep(request: HttpRequest, response: HttpResponse) -> bool:
    if response.status_code != 200 or response.streaming:
        return False
    if hasattr(response, "render"):
        response.render()
    return (
        request.method == "GET"
        and not response.cookies
        and not request.META.get("CSRF_COOKIE_NEEDS_UPDATE")
        and "cookie" not in response.get("Vary", "").lower()
        and len(response.content) <= LARGEST_PAGE
        and "Cache-Control" not in response
    )


def _keep(key: tuple[str, str, str], kept: _Kept) -> None:
    global _size
    previous = _pages.pop(key, None)
    _size += len(kept.content) - (len(previous.content) if previous else 0)
    _pages[key] = kept
    while _size > MOST_BYTES and _pages:
        _key, dropped = _pages.popitem(last=False)
        _size -= len(dropped.content)


def _answer(request: HttpRequest, kept: _Kept) -> HttpResponse:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if kept.etag in known or "*" in known:
        response = HttpResponseNotModified()
    else:
        response = _body(request, kept)
    patch_vary_headers(response, ["Accept-Encoding"])
    response["ETag"] = kept.etag
    response["Content-Language"] = kept.language
    response["X-Frame-Options"] = settings.X_FRAME_OPTIONS
    # Browsers ask every time, and mostly hear "unchanged": a fee that changed is never shown wrong.
    response["Cache-Control"] = "public, no-cache"
    return response


def _body(request: HttpRequest, kept: _Kept) -> HttpResponse:
    accepted = request.headers.get("Accept-Encoding", "").lower()
    # A refusal ("br;q=0") is rare enough to get the page as it is.
    known = [] if "q=0" in accepted.replace(" ", "") else accepted.replace(" ", "").split(",")
    encoding = next((e for e in _PACKERS if e in {name.split(";")[0] for name in known}), "")
    if not encoding:
        return HttpResponse(kept.content, content_type=kept.content_type)
    response = HttpResponse(kept.pack(encoding), content_type=kept.content_type)
    response["Content-Encoding"] = encoding
    return response
