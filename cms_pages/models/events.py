"""What to do, in order: when something happens in life, or to reach a goal step by step."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.fields import StreamField
from wagtail.models import Page

from cms_pages import eservice_links, linked_data
from cms_pages.blocks import BodyBlock
from cms_pages.eservice_links import OnlineLink
from cms_pages.models.base import SitePage
from cms_pages.models.fields import Audience, CodesField
from cms_pages.models.guides import ProcedurePage
from cms_pages.models.rows import Channel, Cost, PathStep, StepRow
from cms_pages.models.search import GuideIndex
from cms_pages.search.text import plain_words
from cms_pages.site_map import SiteMap


class LifeEventIndexPage(SitePage):
    """All life events, and what is done step by step."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/life_event_index_page.html"
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.LifeEventPage", "cms_pages.StepByStepPage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of life events")


class LifeEventPage(SitePage):
    """What to do, in order, when something happens in life (cv:LifeEvent)."""

    summary = models.CharField(_("summary"), max_length=300)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("more"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        InlinePanel("steps", heading=_("Steps"), label=_("Step")),
        FieldPanel("body"),
    ]
    template = "cms_pages/life_event_page.html"
    parent_page_types = ["cms_pages.LifeEventIndexPage"]
    subpage_types: list[str] = []
    index_kind = GuideIndex.Kind.LIFE_EVENT

    class Meta:
        verbose_name = _("life event")

    def searchable_text(self) -> dict[str, str]:
        steps = " ".join(f"{step.title} {step.text}" for step in self.steps.all())
        text = f"{steps} {plain_words(self.body)}"
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        steps = list(self.steps.select_related("guide"))
        guides = guides_of(steps, self.locale_id)
        rows = [
            (step, guides.get(step.guide.translation_key) if step.guide else None) for step in steps
        ]
        return context | {"steps": rows}


@dataclass(frozen=True)
class ShownStep:
    """One line of a step by step, with what its guide says today."""

    number: int
    row: PathStep
    guide: ProcedurePage | None
    online: OnlineLink | None
    price: str
    delay: str

    @property
    def is_next(self) -> bool:
        """Tell whether this line begins a step; the others are parts of the one before."""
        return self.row.joins == PathStep.Joins.THEN


class StepByStepPage(SitePage):
    """The whole way to a goal: numbered steps, each with its guide, its price and its condition."""

    summary = models.CharField(_("summary"), max_length=300)
    keywords = models.TextField(
        _("other words for it"), blank=True, help_text=_("One a line: synonyms, acronyms.")
    )
    audiences = CodesField(_("for whom"), code_choices=Audience.choices)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("more"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("keywords"),
        FieldPanel("audiences"),
        InlinePanel("steps", heading=_("Steps"), label=_("Step"), min_num=1),
        FieldPanel("body"),
    ]
    template = "cms_pages/step_by_step_page.html"
    parent_page_types = ["cms_pages.LifeEventIndexPage", "cms_pages.ThemePage"]
    subpage_types: list[str] = []
    index_kind = GuideIndex.Kind.STEP_BY_STEP

    class Meta:
        verbose_name = _("step by step")
        verbose_name_plural = _("step by step pages")

    def searchable_text(self) -> dict[str, str]:
        steps = " ".join(f"{step.title} {step.text} {step.condition}" for step in self.steps.all())
        return {
            "title": self.title,
            "keywords": self.keywords,
            "summary": self.summary,
            "text": f"{steps} {plain_words(self.body)}",
        }

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site: SiteMap = context["site_map"]
        shown = list(self._shown_steps(get_language() or ""))
        return context | {
            "steps": shown,
            "number_of_steps": shown[-1].number if shown else 0,
            "theme": site.theme_of(self.path),
            "linked_data": linked_data.step_by_step(self, shown, context),
        }

    def _shown_steps(self, language: str) -> Iterable[ShownStep]:
        steps = list(self.steps.select_related("guide", "eservice__current"))
        guides = guides_of(steps, self.locale_id)
        ids = [guide.pk for guide in guides.values()]
        channels = _by_page(
            Channel.objects.filter(page__in=ids).select_related("eservice__current")
        )
        costs = _by_page(Cost.objects.filter(page__in=ids))
        number = 0
        for step in steps:
            number += step.joins == PathStep.Joins.THEN or number == 0
            guide = guides.get(step.guide.translation_key) if step.guide else None
            ways = channels.get(guide.pk, []) if guide else []
            if guide is None and step.eservice is not None:
                ways = [Channel(kind=Channel.Kind.ONLINE, eservice=step.eservice)]
            online = eservice_links.online_link(ways, language)
            prices = [cost.text for cost in costs.get(guide.pk, [])] if guide else []
            yield ShownStep(
                number=number,
                row=step,
                guide=guide,
                online=online,
                price=(online.price if online else "") or " + ".join(filter(None, prices)),
                delay=(online.delay if online else "") or (guide.time_text if guide else ""),
            )


def guides_of(steps: Iterable[StepRow], locale_id: int) -> dict[Any, ProcedurePage]:
    """Return the live guides of `steps` by translation key, in one language.

    A step may point at the guide of the source language: the one of this language is shown.
    """
    keys = [step.guide.translation_key for step in steps if step.guide]
    guides = ProcedurePage.objects.live().filter(translation_key__in=keys, locale_id=locale_id)
    return {guide.translation_key: guide for guide in guides.defer("steps", "body")}


def _by_page(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.page_id, []).append(row)
    return found
