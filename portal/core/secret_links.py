"""Pages that a secret in their address opens: whoever holds the link needs no account."""

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views import View

from portal.core.throttling import TooMany


class SecretLinkView(View):
    """A page that is never kept, never indexed, and whose address is told to no other host.

    A subclass says in `answer` what the link opens: `opened` shows it, `gone` says why not.
    `TooMany`, raised there, becomes a page that says to wait.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = self.answer(request, *args, **kwargs)
        except TooMany as exc:
            response = self.gone(str(exc), 429)
        response["Cache-Control"] = "no-store"
        # The address is the key: no other host may learn it. Our own form must still say where it is.
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        raise NotImplementedError

    def opened(self, time_zone: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Handle the request, with times told in this zone."""
        with timezone.override(ZoneInfo(time_zone)):
            return super().dispatch(self.request, *args, **kwargs)

    def gone(self, text: str, status: int) -> HttpResponse:
        return render(self.request, "opinion/gone.html", {"text": text}, status=status)
