"""The home page and the pages of plain prose: news, questions, help, notices."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet

from cms_pages import linked_data
from cms_pages.blocks import BodyBlock
from cms_pages.models.base import SitePage
from cms_pages.models.search import GuideIndex
from cms_pages.search.text import plain_words

FEATURED = 6
NEWS_ON_HOME = 3


class HomePage(SitePage):
    """The front door: search first, then what most people come for."""

    headline = models.CharField(_("headline"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("headline"),
        FieldPanel("summary"),
        InlinePanel("featured", heading=_("Guides offered first"), label=_("Guide")),
    ]
    template = "cms_pages/home_page.html"
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        sections = context["site_map"].sections
        events = sections.get("life_events")
        news = sections.get("news")
        index = GuideIndex.objects.in_language(self.locale_id).for_links()
        return context | {
            "guides": self._featured(),
            "life_events": index.under(events.path) if events else [],
            "news": NewsPage.objects.under(news.path)[:NEWS_ON_HOME] if news else [],
        }

    def _featured(self) -> list[GuideIndex]:
        """Return the chosen guides in this language, in the editor's order."""
        keys = list(self.featured.values_list("guide__translation_key", flat=True))
        found = GuideIndex.objects.in_language(self.locale_id).for_links()
        by_key = {g.page.translation_key: g for g in found.filter(page__translation_key__in=keys)}
        return [by_key[key] for key in keys if key in by_key][:FEATURED]


class StandardPage(SitePage):
    """A page of prose: help, legal notice, accessibility, personal data."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    template = "cms_pages/standard_page.html"
    index_kind = GuideIndex.Kind.PAGE

    class Meta:
        verbose_name = _("page of text")

    def searchable_text(self) -> dict[str, str]:
        text = plain_words(self.body)
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}


class FaqPage(SitePage):
    """Questions that people ask often."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("questions"))

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    template = "cms_pages/faq_page.html"
    parent_page_types = ["cms_pages.HomePage", "cms_pages.LocalHomePage"]
    index_kind = GuideIndex.Kind.PAGE

    class Meta:
        verbose_name = _("questions and answers")

    def searchable_text(self) -> dict[str, str]:
        text = plain_words(self.body)
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        return context | {"linked_data": linked_data.questions(self, context)}


class NewsQuerySet(PageQuerySet):
    def under(self, path: str) -> "NewsQuerySet":
        """Live news below the page whose tree path is `path`, newest first."""
        found = self.filter(path__startswith=path, live=True).defer("body")
        return found.order_by("-published_on", "-pk")


class NewsIndexPage(SitePage):
    """All news, newest first."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/news_index_page.html"
    parent_page_types = ["cms_pages.HomePage", "cms_pages.LocalHomePage"]
    subpage_types = ["cms_pages.NewsPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        news = NewsPage.objects.under(self.path)[:50]
        return super().get_context(request, *args, **kwargs) | {"news": news}


class NewsPage(SitePage):
    """One piece of news."""

    published_on = models.DateField(_("date"), default=timezone.localdate)
    summary = models.CharField(_("summary"), max_length=300)
    image = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("published_on"),
        FieldPanel("summary"),
        FieldPanel("image"),
        FieldPanel("body"),
    ]
    template = "cms_pages/news_page.html"
    parent_page_types = ["cms_pages.NewsIndexPage"]
    subpage_types: list[str] = []
    index_kind = GuideIndex.Kind.PAGE

    objects = PageManager.from_queryset(NewsQuerySet)()

    class Meta:
        verbose_name = _("news")

    def searchable_text(self) -> dict[str, str]:
        text = plain_words(self.body)
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}
