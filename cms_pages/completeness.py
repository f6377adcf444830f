"""How far the translations of the pages are, language by language."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import get_language_info
from wagtail.models import Locale, Page

State = Literal["done", "older", "draft", "missing"]
# Published within the same minutes as its source: the work of one sitting.
SAME_SITTING = timedelta(minutes=30)


@dataclass(frozen=True)
class Share:
    """How many of the pages of the first language one language has up to date."""

    code: str
    name: str
    done: int
    total: int

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 100


def sources() -> QuerySet[Page]:
    """Return the live pages of the first language, in the order of the tree."""
    own = Page.objects.live().filter(
        locale__language_code=settings.LANGUAGE_CODE, content_type__app_label="cms_pages"
    )
    return own.select_related("content_type").order_by("path")


def other_languages() -> list[Locale]:
    """Return the languages that pages are translated into, in the order of the settings."""
    known = {locale.language_code: locale for locale in Locale.objects.all()}
    codes = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [known[code] for code in codes if code in known]


def states(pages: Iterable[Page]) -> dict[int, dict[str, State]]:
    """Return, by page and language code, how its translation is; two queries for any number.

    `older`: the source was published again since; `draft`: it exists, but nobody can read it.
    """
    pages = list(pages)
    found = Page.objects.filter(translation_key__in=[page.translation_key for page in pages])
    by_key = {
        (page.translation_key, page.locale_id): page
        for page in found.only(
            "translation_key", "locale_id", "live", "last_published_at", "alias_of"
        )
    }
    languages = other_languages()
    return {
        page.pk: {
            locale.language_code: _state(page, by_key.get((page.translation_key, locale.pk)))
            for locale in languages
        }
        for page in pages
    }


def shares() -> list[Share]:
    """Return one line for each language to translate into."""
    pages = list(sources())
    every = states(pages).values()
    return [
        Share(
            code=locale.language_code,
            name=get_language_info(locale.language_code)["name_local"],
            done=sum(state[locale.language_code] == "done" for state in every),
            total=len(pages),
        )
        for locale in other_languages()
    ]


def incomplete() -> list[int]:
    """Return the pages that lack an up-to-date translation in some language."""
    return [pk for pk, by_code in states(sources()).items() if set(by_code.values()) - {"done"}]


def _state(source: Page, translation: Page | None) -> State:
    if translation is None or translation.alias_of_id:  # a copy that waits for its translation
        return "missing"
    if not translation.live:
        return "draft"
    at, source_at = translation.last_published_at, source.last_published_at
    if at and source_at and source_at - at > SAME_SITTING:
        return "older"
    return "done"
