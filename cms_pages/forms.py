"""The search form: forgiving, because a bad filter is no reason to show an error."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from cms_pages.models.fields import Audience
from cms_pages.search.query import LONGEST_QUERY, Filters
from cms_pages.site_map import SiteMap


@dataclass(frozen=True)
class Wanted:
    """A search as understood."""

    text: str
    filters: Filters
    page: int
    address: str  # the query string without the page number

    @property
    def is_filtered(self) -> bool:
        return self.filters != Filters()


class SearchForm(forms.Form):
    q = forms.CharField(label=_("Search"), required=False)
    theme = forms.ChoiceField(label=_("Theme"), required=False)
    audience = forms.ChoiceField(label=_("For whom"), required=False)
    online = forms.BooleanField(label=_("Can be done online"), required=False)
    page = forms.IntegerField(required=False)

    def __init__(self, data: Any, *, site: SiteMap) -> None:
        super().__init__(data)
        self._paths = {str(theme.id): theme.path for theme in site.themes}
        self._commune = "" if site.has_own_host else site.local
        themes = [(str(theme.id), theme.title) for theme in site.themes]
        self.fields["theme"].choices = [("", _("All themes")), *themes]  # type: ignore[attr-defined]
        everybody = [("", _("Everybody")), *Audience.choices]
        self.fields["audience"].choices = everybody  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what was asked; whatever is not understood is left out."""
        self.is_valid()
        clean = self.cleaned_data
        text = " ".join(clean.get("q", "").split())[:LONGEST_QUERY]
        page = min(max(clean.get("page") or 1, 1), 1000)
        kept = {"q": text, "theme": clean.get("theme"), "audience": clean.get("audience")}
        kept["online"] = "on" if clean.get("online") else ""
        kept["commune"] = self._commune
        return Wanted(
            text=text,
            filters=Filters(
                theme_path=self._paths.get(clean.get("theme", ""), ""),
                audience=clean.get("audience", ""),
                online=bool(clean.get("online")),
            ),
            page=page,
            address=urlencode({key: value for key, value in kept.items() if value}),
        )
