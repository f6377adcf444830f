"""The stylesheet and the crest of this portal, under addresses that change when they do."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.core import branding

FOR_EVER = "public, max-age=31536000, immutable"


@require_safe
def css(request: HttpRequest, digest: str) -> HttpResponse:
    """Give the tokens that the administrator chose."""
    look = branding.current()
    if not look.css_url:
        raise Http404("this portal has no colours of its own")
    return _answer(look.stylesheet, "text/css; charset=utf-8", digest in look.css_url)


@require_safe
def crest(request: HttpRequest, digest: str) -> HttpResponse:
    look = branding.current()
    if not look.crest:
        raise Http404("this portal has no crest of its own")
    return _answer(look.crest, "image/png", digest in look.crest_path)


def _answer(content: str | bytes, kind: str, is_asked_one: bool) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    # A page made a moment ago may ask for the former one: it gets today's, and does not keep it.
    response["Cache-Control"] = FOR_EVER if is_asked_one else "no-cache"
    return response
