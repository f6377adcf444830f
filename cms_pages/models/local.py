"""Communes and prefectures: each has its own pages, and reads the national ones under its address."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.images.models import SourceImageIOError
from wagtail.models import Collection, Page
from wagtail_localize.fields import SynchronizedField

from cms_pages.blocks import BodyBlock
from cms_pages.handled import offered_by
from cms_pages.models.base import SitePage
from cms_pages.models.editorial import NewsPage
from cms_pages.models.search import GuideIndex
from cms_pages.search.text import plain_words
from portal.accounts import directory
from portal.accounts.models import Office, Territory

NEWS_SHOWN = 3


class LocalSite(models.Model):  # type: ignore[django-manager-missing]
    """What one commune or prefecture is called, who looks after its pages, where it is reached."""

    territory = models.OneToOneField(
        Territory, on_delete=models.PROTECT, related_name="site", verbose_name=_("territory")
    )
    office = models.ForeignKey(
        Office, on_delete=models.PROTECT, related_name="+", verbose_name=_("main office")
    )
    crest = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("crest"),
    )
    host = models.CharField(
        _("own domain name"),
        max_length=253,
        blank=True,
        help_text=_("Such as parakou.example. Empty: an address of the national site."),
    )
    group = models.OneToOneField(
        Group, null=True, blank=True, on_delete=models.SET_NULL, related_name="local_site"
    )
    collection = models.OneToOneField(
        Collection, null=True, blank=True, on_delete=models.SET_NULL, related_name="local_site"
    )
    opened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("site of a commune")
        verbose_name_plural = _("sites of communes")
        ordering = ["territory__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["host"],
                condition=~Q(host=""),
                name="local_site_host_unique",
                violation_error_message=_("Another site has this domain name."),
            )
        ]

    def __str__(self) -> str:
        return str(self.territory)

    def small_crest(self) -> Any:
        """Return the crest as the header shows it, a few kilobytes; None without one."""
        if self.crest is None:
            return None
        try:
            return self.crest.get_rendition("max-96x96|format-webp")
        except SourceImageIOError:  # the file is gone: the commune still has its pages
            return None


class LocalAddition(models.Model):
    """What a commune adds to a national guide: a note, and where its people go for it."""

    site = models.ForeignKey(LocalSite, on_delete=models.CASCADE, related_name="additions")
    identifier = models.CharField(_("identifier of the guide"), max_length=40)
    note = models.TextField(_("note"), max_length=1000, blank=True)
    office = models.ForeignKey(
        Office,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("where to go"),
    )

    class Meta:
        verbose_name = _("addition to a guide")
        verbose_name_plural = _("additions to guides")
        ordering = ["identifier"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "identifier"],
                name="local_addition_unique",
                violation_error_message=_("This guide already has an addition: change that one."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.site}: {self.identifier}"

    def clean(self) -> None:
        guides = Page.objects.filter(procedurepage__identifier=self.identifier)
        if self.identifier and not guides.exists():
            raise ValidationError({"identifier": _("No guide has this identifier.")})
        if self.office and self.office.territory_id != self.site.territory_id:
            raise ValidationError({"office": _("This office belongs to another territory.")})


class LocalIndexPage(SitePage):
    """All communes that have pages of their own."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("summary")]
    template = "cms_pages/local_index_page.html"
    parent_page_types = ["cms_pages.HomePage"]
    subpage_types = ["cms_pages.LocalHomePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("list of communes")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site = context["site_map"]
        departments: dict[str, list[Any]] = {}
        for local in site.localities:
            departments.setdefault(local.department, []).append(local)
        return context | {"departments": sorted(departments.items())}


class LocalHomePage(SitePage):
    """The front door of a commune."""

    site = models.ForeignKey(
        LocalSite, on_delete=models.PROTECT, related_name="pages", verbose_name=_("site")
    )
    summary = models.CharField(_("words of welcome"), max_length=300, blank=True)
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    template = "cms_pages/local_home_page.html"
    parent_page_types = ["cms_pages.LocalIndexPage"]
    subpage_types = [
        "cms_pages.NewsIndexPage",
        "cms_pages.ConsultationIndexPage",
        "cms_pages.StandardPage",
        "cms_pages.FaqPage",
    ]
    override_translatable_fields = [SynchronizedField("site")]
    index_kind = GuideIndex.Kind.PAGE

    class Meta:
        verbose_name = _("home page of a commune")

    def searchable_text(self) -> dict[str, str]:
        text = plain_words(self.body)
        return {"title": self.title, "keywords": "", "summary": self.summary, "text": text}

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site = context["site_map"]
        news = site.sections.get("news")
        counters = directory.counters(self.site.territory_id)
        ends = [c.opening.until for c in counters if c.opening and c.opening.until]
        return context | {
            "counters": counters,
            "true_until": min(ends, default=None),
            "offers": offered_by(self.site.territory_id, site),
            "news": NewsPage.objects.under(news.path)[:NEWS_SHOWN] if news else [],
        }

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer until one of the counters opens or closes."""
        response = super().serve(request, *args, **kwargs)
        response.true_until = response.context_data["true_until"]
        return response
