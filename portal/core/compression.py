"""Pages go out compressed; files that are compressed already do not pay for it again."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")


class CompressTextMiddleware(GZipMiddleware):
    """Django's own compression, with its padding against BREACH, for text only (docs/adr/0007)."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.get("Content-Type", "").startswith(COMPRESSIBLE):
            return response
        return super().process_response(request, response)
