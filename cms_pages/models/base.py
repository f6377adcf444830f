"""What all pages share: their place in the site, their languages, their line in the search index."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from cms_pages import linked_data, site_map
from cms_pages.search import index


class SitePage(Page):
    """Abstract: wagtail-localize cannot follow a swapped base model."""

    # None: pages of this type are not found by the public search.
    index_kind: str | None = None
    # Set by the router when no page of the site is restricted, which it knows without a query.
    known_public = False

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Save, and keep the search index true whatever made the change."""
        saved = super().save(*args, **kwargs)
        # save_revision() writes a few columns of the live row while self holds the draft.
        fields = kwargs.get("update_fields")
        if self.index_kind and (fields is None or {"live", "title"} & set(fields)):
            index.refresh(self.pk)
        return saved

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        if self.known_public:
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def searchable_text(self) -> dict[str, str]:
        """Return what search reads, by importance: title, keywords, summary, text."""
        return {"title": self.title, "keywords": "", "summary": self.lead, "text": ""}

    @property
    def lead(self) -> str:
        """The sentence that stands for the page in a list, a search result or a shared link."""
        return getattr(self, "summary", "") or self.search_description

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        site = site_map.for_request(request)
        trail = site.ancestors(self)
        return context | {
            "site_map": site,
            "alerts": site.alerts_on(),
            "made_at": timezone.now(),
            "breadcrumbs": trail,
            "linked_data": [linked_data.breadcrumb(self, trail)] if trail else [],
            "canonical_url": self._canonical(request, site),
            **self._language_links(request, site),
        }

    def _canonical(self, request: HttpRequest, site: site_map.SiteMap) -> str:
        """Return the one address of this page: the national one when a commune inherits it."""
        if site.local and not self.path.startswith(site.here.root.path):
            national = site.at("").address(self.url_path)
            return settings.BASE_URL + national
        return request.build_absolute_uri(site.address(self.url_path))

    def _language_links(self, request: HttpRequest, site: site_map.SiteMap) -> dict[str, Any]:
        """Return the switch (all languages) and the alternates (languages this page exists in)."""
        paths = dict(
            Page.objects.filter(translation_key=self.translation_key, live=True).values_list(
                "locale__language_code", "url_path"
            )
        )
        switch = [
            entry | {"url": site.in_language(entry["code"]).address(paths.get(entry["code"], ""))}
            for entry in site_map.languages()
        ]
        alternates = [
            entry | {"url": request.build_absolute_uri(entry["url"])}
            for entry in switch
            if entry["code"] in paths
        ]
        return {"languages": switch, "alternates": alternates}
