"""Public pages that have not changed leave before anything personal is looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from cms_pages import page_cache


class KeptPagesMiddleware:
    """Answer an anonymous reader from memory, without the session, the language and the account.

    It stands inside compression and the safety headers, which a kept page needs like any other.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return page_cache.answer_from_memory(request) or self.get_response(request)
