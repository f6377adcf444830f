"""A guide page: the first visit and the next one."""

from bench.context import Context
from cms_pages.models import ProcedurePage


def run(ctx: Context) -> None:
    page = ProcedurePage.objects.live().filter(locale__language_code="fr").first()
    assert page is not None
    path = page.get_url_parts()[2]
    ctx.measure("guide", lambda browser: browser.get(path), repeat=40)
