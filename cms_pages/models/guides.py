"""Guides to procedures (cpsv:PublicService) and the themes they stand under."""

import calendar
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    TabbedInterface,
)
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail_localize.fields import SynchronizedField

from cms_pages import eservice_links, linked_data, site_map
from cms_pages.blocks import BodyBlock, StepsBlock
from cms_pages.handled import local_guide
from cms_pages.models.base import SitePage
from cms_pages.models.fields import Audience, CodesField
from cms_pages.models.rows import Evidence
from cms_pages.models.search import GuideIndex
from cms_pages.search.text import plain_words
from portal.accounts import directory

REVIEW_EVERY_MONTHS = 6
NEAR = 4


class ThemeIndexPage(SitePage):
    """All themes."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/theme_index_page.html"
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.ThemePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of themes")


class ThemePage(SitePage):
    """A theme (cv:thematicArea): the parent of its guides."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/theme_page.html"
    parent_page_types = ["cms_pages.ThemeIndexPage", "cms_pages.ThemePage"]
    subpage_types = ["cms_pages.ThemePage", "cms_pages.ProcedurePage", "cms_pages.StepByStepPage"]

    class Meta:
        verbose_name = _("theme")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site: site_map.SiteMap = context["site_map"]
        own = next((node for node in site.here.nodes if node.id == self.pk), None)
        guides = GuideIndex.objects.in_language(self.locale_id).under(self.path)
        return context | {
            "guides": guides.for_links(),
            "themes": site.themes_below(own) if own else [],
        }


class ProcedureQuerySet(PageQuerySet):
    def overdue(self) -> "ProcedureQuerySet":
        """Live guides that nobody has checked for six months, or ever."""
        today = timezone.localdate()
        years, month = divmod(today.month - 1 - REVIEW_EVERY_MONTHS, 12)
        year, month = today.year + years, month + 1
        last = calendar.monthrange(year, month)[1]
        limit = date(year, month, min(today.day, last))
        unchecked = models.Q(reviewed_on=None) | models.Q(reviewed_on__lt=limit)
        return self.filter(unchecked, live=True)


class ProcedurePage(SitePage):
    """The guide to one procedure: everything a person must know before asking."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("In service")
        SUSPENDED = "suspended", _("Suspended")
        RETIRED = "retired", _("No longer exists")

    class TimeUnit(models.TextChoices):
        HOURS = "hours", _("hours")
        WORKING_DAYS = "working_days", _("working days")
        DAYS = "days", _("days")
        WEEKS = "weeks", _("weeks")
        MONTHS = "months", _("months")

    identifier = models.CharField(
        _("identifier"), max_length=40, help_text=_("The same in every language, such as SV-01.")
    )
    summary = models.CharField(_("summary"), max_length=300)
    keywords = models.TextField(
        _("other words for it"),
        blank=True,
        help_text=_(
            "One a line: synonyms, acronyms, words in local languages, common misspellings."
        ),
    )
    audiences = CodesField(_("for whom"), code_choices=Audience.choices)
    who = models.TextField(_("who can apply"), blank=True)
    status = models.CharField(
        _("status"), max_length=12, choices=Status.choices, default=Status.ACTIVE
    )
    status_message = models.CharField(_("message when not in service"), max_length=300, blank=True)
    authority = models.ForeignKey(
        "cms_pages.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("competent administration"),
    )
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    time_min = models.PositiveSmallIntegerField(_("delay"), null=True, blank=True)
    time_max = models.PositiveSmallIntegerField(_("up to"), null=True, blank=True)
    time_unit = models.CharField(
        _("unit"), max_length=14, choices=TimeUnit.choices, default=TimeUnit.WORKING_DAYS
    )
    time_note = models.CharField(_("note on the delay"), max_length=250, blank=True)
    steps = StreamField(StepsBlock(), blank=True, verbose_name=_("steps"))
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("more"))
    reviewed_on = models.DateField(_("checked on"), null=True, blank=True)
    review_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("who keeps it true"),
    )
    is_incomplete = models.BooleanField(
        _("to be completed"), default=False, help_text=_("Readers are told that facts are missing.")
    )
    source_url = models.URLField(_("source"), blank=True, max_length=400)

    edit_handler = TabbedInterface(
        [
            ObjectList(
                [
                    *Page.content_panels,
                    FieldPanel("summary"),
                    FieldPanel("keywords"),
                    FieldPanel("audiences"),
                    FieldPanel("who"),
                    InlinePanel("requirements", heading=_("Conditions"), label=_("Condition")),
                    FieldPanel("authority"),
                    FieldPanel("contact"),
                ],
                heading=_("Summary"),
            ),
            ObjectList(
                [
                    InlinePanel("evidences", heading=_("Pieces"), label=_("Piece")),
                    InlinePanel("costs", heading=_("Prices"), label=_("Price")),
                    MultiFieldPanel(
                        [
                            FieldRowPanel(
                                [FieldPanel(f"time_{p}") for p in ("min", "max", "unit")]
                            ),
                            FieldPanel("time_note"),
                        ],
                        heading=_("Delay"),
                    ),
                    InlinePanel("channels", heading=_("Ways to apply"), label=_("Way")),
                    InlinePanel("outputs", heading=_("What one receives"), label=_("Document")),
                ],
                heading=_("Pieces, price, delay, where"),
            ),
            ObjectList(
                [
                    FieldPanel("steps"),
                    FieldPanel("body"),
                    InlinePanel("legal_resources", heading=_("Legal basis"), label=_("Legal text")),
                ],
                heading=_("Steps and more"),
            ),
            ObjectList(
                [
                    FieldPanel("identifier"),
                    FieldPanel("status"),
                    FieldPanel("status_message"),
                    FieldPanel("reviewed_on"),
                    FieldPanel("review_owner"),
                    FieldPanel("is_incomplete"),
                    FieldPanel("source_url"),
                ],
                heading=_("Upkeep"),
            ),
            ObjectList([*Page.promote_panels, *Page.settings_panels], heading=_("Publication")),
        ]
    )
    template = "cms_pages/procedure_page.html"
    parent_page_types = ["cms_pages.ThemePage"]
    subpage_types: list[str] = []
    override_translatable_fields = [SynchronizedField("identifier")]
    index_kind = GuideIndex.Kind.GUIDE

    objects = PageManager.from_queryset(ProcedureQuerySet)()

    class Meta:
        verbose_name = _("guide to a procedure")
        verbose_name_plural = _("guides to procedures")

    def clean(self) -> None:
        super().clean()
        # A translation has the same identifier on purpose.
        others = ProcedurePage.objects.filter(identifier=self.identifier, locale=self.locale_id)
        if self.identifier and others.exclude(pk=self.pk).exists():
            raise ValidationError({"identifier": _("Another guide has this identifier.")})
        if self.time_max is not None and self.time_max < (self.time_min or 0):
            raise ValidationError({"time_max": _("The second delay is shorter than the first.")})

    @property
    def review_due(self) -> date | None:
        """The day on which somebody must check the guide again."""
        if self.reviewed_on is None:
            return None
        years, month = divmod(self.reviewed_on.month - 1 + REVIEW_EVERY_MONTHS, 12)
        year, month = self.reviewed_on.year + years, month + 1
        last = calendar.monthrange(year, month)[1]
        return date(year, month, min(self.reviewed_on.day, last))

    @property
    def is_overdue(self) -> bool:
        return self.review_due is not None and self.review_due < timezone.localdate()

    @property
    def time_text(self) -> str:
        """The announced delay in words; empty when none is announced."""
        if self.time_min is None:
            return ""
        if self.time_min == 0 and not self.time_max:
            return str(_("At once"))
        most = self.time_max or self.time_min
        unit = {
            self.TimeUnit.HOURS: ngettext("hour", "hours", most),
            self.TimeUnit.WORKING_DAYS: ngettext("working day", "working days", most),
            self.TimeUnit.DAYS: ngettext("day", "days", most),
            self.TimeUnit.WEEKS: ngettext("week", "weeks", most),
            self.TimeUnit.MONTHS: ngettext("month", "months", most),
        }[self.TimeUnit(self.time_unit)]
        least = f"{self.time_min}–" if self.time_max and self.time_max != self.time_min else ""
        return f"{least}{most} {unit}"

    def searchable_text(self) -> dict[str, str]:
        rows = [*self.requirements.all(), *self.evidences.all(), *self.outputs.all()]
        prose = [plain_words(self.steps), plain_words(self.body), self.who]
        authority = str(self.authority or "")
        return {
            "title": self.title,
            "keywords": self.keywords,
            "summary": self.summary,
            "text": " ".join([self.identifier, *prose, *map(str, rows), authority]),
        }

    def evidences_by_case(self) -> list[tuple[str, list[Evidence]]]:
        """Return the pieces grouped by situation; those that are always asked come first."""
        groups: dict[str, list[Evidence]] = {"": []}
        # A preview holds rows that are not saved: it can be sorted and joined, not annotated.
        rows = self.evidences.select_related("obtained_by")
        for row in rows:
            groups.setdefault(row.situation, []).append(row)
        return [(case, rows) for case, rows in groups.items() if rows]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site: site_map.SiteMap = context["site_map"]
        channels = list(
            self.channels.select_related("eservice__current").defer(
                "eservice__definition", "eservice__summary", "eservice__title"
            )
        )
        # A theme stands in one language: asking for that too would hide the tree from the planner.
        guides = GuideIndex.objects.exclude(page_id=self.pk)
        theme = site.theme_of(self.path)
        # In the order of the tree: its index gives the first few, however many the theme has.
        near = guides.under(theme.path).for_links().order_by("page__path")[:NEAR] if theme else []
        local = local_guide(self.identifier, channels, site)
        if local is not None and local.says_something:
            context["canonical_url"] = request.build_absolute_uri(site.address(self.url_path))
        context |= {
            "local": local,
            "measured": eservice_links.measured(channels),
            "figures_path": eservice_links.figures_path(channels),
            "theme": theme,
            "requirements": list(self.requirements.all()),
            "evidences": self.evidences_by_case(),
            "costs": list(self.costs.all()),
            "channels": channels,
            "online": eservice_links.online_link(
                channels,
                get_language() or "",
                office_code=local.office_code if local else "",
                fees=local.amounts if local else None,
            ),
            "offices": local.counters
            if local and local.counters
            else directory.named(eservice_links.office_codes(channels)),
            "outputs": list(self.outputs.all()),
            "legal_resources": list(self.legal_resources.all()),
            "near": list(near),
            "places": site.places_of(self),
        }
        return context | {"linked_data": linked_data.guide(self, context)}
