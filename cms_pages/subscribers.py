"""What other parts of the portal give to the editors: always as drafts, an editor publishes."""

from datetime import date
from html import escape
from typing import Any

from django.db import transaction

from cms_pages.models import NewsIndexPage, NewsPage
from portal.core.errors import PortalError
from portal.outbox.services import subscribe

TITLE, SUMMARY = 255, 300


class NoPlaceForReport(PortalError):
    """The site has no list of news: an administrator makes one, then the message is tried again."""

    code = "no_place_for_report"


@subscribe("session.published")
def draft_report(
    session_id: int, title: str, day: str, opening: str, sections: list[dict[str, Any]]
) -> None:
    """Make a draft page of the public report of a sitting, once."""
    slug = f"compte-rendu-{day}-{session_id}"
    with transaction.atomic():
        index = NewsIndexPage.objects.select_for_update().order_by("depth", "pk").first()
        if index is None:
            raise NoPlaceForReport("The site has no list of news.")
        if index.get_children().filter(slug=slug).exists():
            return
        page = NewsPage(
            title=title[:TITLE],
            slug=slug,
            published_on=date.fromisoformat(day),
            summary=opening[:SUMMARY],
            body=_body(opening, sections),
            live=False,
            locale=index.locale,
        )
        index.add_child(instance=page)
        page.save_revision()


def _body(opening: str, sections: list[dict[str, Any]]) -> list[tuple[str, str]]:
    # The page shows its summary above: what fits there is not said twice.
    blocks = [("text", f"<p>{escape(opening)}</p>")] if len(opening) > SUMMARY else []
    for section in sections:
        blocks.append(("heading", section["title"][:120]))
        parts = []
        for group in section["groups"]:
            parts.append(f"<h3>{escape(group['title'])}</h3>" if group["title"] else "")
            parts += [f"<p>{escape(sentence)}</p>" for sentence in group["sentences"]]
        blocks.append(("text", "".join(parts)))
    return blocks
