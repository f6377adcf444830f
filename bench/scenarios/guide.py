"""Public pages: what the first reader after a change costs, what all the others cost.

`plain Wagtail page` is there for comparison: a title and a template of one line at the same place
in the tree, behind the same middleware, served by Wagtail's own view as its tutorial has it.
"""

from django.template import engines
from django.test import override_settings
from wagtail.models import Page

from bench.context import Browser, Context
from cms_pages import page_cache
from cms_pages.models import ProcedurePage

SEARCH = "/recherche/?q=casi%C3%A9+judiciere"
PLAIN = "<!doctype html><html lang=fr><title>{{ page.title }}</title><h1>{{ page.title }}</h1>"


def run(ctx: Context) -> None:
    page = ProcedurePage.objects.live().filter(locale__language_code="fr").first()
    assert page is not None
    guide = page.get_url_parts()[2]
    plain = _plain_page_beside(page)
    ctx.measure("guide, from the page cache", lambda browser: browser.get(guide), repeat=100)
    ctx.measure("guide, not cached", lambda browser: _afresh(browser, guide), repeat=60)
    ctx.measure("plain Wagtail page", lambda browser: _by_wagtail(browser, plain), repeat=60)
    ctx.measure("home, not cached", lambda browser: _afresh(browser, "/"), repeat=40)
    ctx.measure("home, from the page cache", lambda browser: browser.get("/"), repeat=60)
    ctx.measure("search, two typing errors", lambda browser: browser.get(SEARCH), repeat=40)


def _afresh(browser: Browser, path: str) -> None:
    page_cache.forget()
    browser.get(path)


def _plain_page_beside(page: ProcedurePage) -> str:
    plain = Page(title="Plain", slug="plain", locale_id=page.locale_id)
    page.get_parent().add_child(instance=plain)
    return plain.get_url_parts()[2]


@override_settings(ROOT_URLCONF="bench.plain_wagtail")
def _by_wagtail(browser: Browser, path: str) -> None:
    Page.template = engines["django"].from_string(PLAIN)
    browser.get(path)
