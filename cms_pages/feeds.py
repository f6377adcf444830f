"""News for feed readers."""

from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed

from cms_pages import site_map
from cms_pages.models import NewsPage
from portal.core import branding


class NewsFeed(Feed):
    """The latest news in the language of the address."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> site_map.SiteMap:
        return site_map.for_request(request)

    def title(self, site: site_map.SiteMap) -> str:
        section = site.sections.get("news")
        return (
            f"{branding.current().name} – {section.title}" if section else branding.current().name
        )

    def link(self, site: site_map.SiteMap) -> str:
        section = site.sections.get("news")
        return section.url if section else site.address("")

    def items(self, site: site_map.SiteMap) -> list[tuple[NewsPage, str]]:
        section = site.sections.get("news")
        news = NewsPage.objects.under(section.path)[:20] if section else []
        return [(page, site.address(page.url_path)) for page in news]

    def item_title(self, item: tuple[NewsPage, str]) -> str:
        return item[0].title

    def item_description(self, item: tuple[NewsPage, str]) -> str:
        return item[0].summary

    def item_link(self, item: tuple[NewsPage, str]) -> str:
        return item[1]

    def item_pubdate(self, item: tuple[NewsPage, str]) -> datetime:
        return timezone.make_aware(datetime.combine(item[0].published_on, time()))
