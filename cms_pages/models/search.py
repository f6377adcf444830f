"""The site's own search index: plain tables, so that both databases give the same answers."""

from typing import Self

from django.db import models
from wagtail.models import Locale, Page


class GuideIndexQuerySet(models.QuerySet["GuideIndex"]):
    def in_language(self, locale_id: int) -> Self:
        return self.filter(locale_id=locale_id)

    def under(self, path: str) -> Self:
        """Pages below the page whose tree path is `path`."""
        # A range, as the tree's own queries: only that can use the index on both databases.
        return self.filter(page__path__range=Page._get_children_path_interval(path))

    def for_links(self) -> Self:
        """With what a link or a card shows, and without the text of the page."""
        columns = ["title", "summary", "kind", "has_eservice"]
        return self.select_related("page").only(
            *columns, "page__url_path", "page__path", "page__translation_key"
        )

    def guide_paths(self) -> "models.QuerySet[GuideIndex, str]":
        return self.filter(kind=GuideIndex.Kind.GUIDE).values_list("page__path", flat=True)


class GuideIndex(models.Model):
    """What search knows about one live page. Written by cms_pages.search.index only."""

    class Kind(models.TextChoices):
        GUIDE = "guide"
        LIFE_EVENT = "life_event"
        STEP_BY_STEP = "step_by_step"
        PAGE = "page"

    page = models.OneToOneField(Page, on_delete=models.CASCADE, related_name="+")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.GUIDE)
    title = models.CharField(max_length=255)
    summary = models.TextField(blank=True)
    text = models.TextField(blank=True)  # plain words of the whole page, for extracts
    audiences = models.CharField(max_length=120, blank=True)  # ",citizens,diaspora,"
    has_eservice = models.BooleanField(default=False)
    # A page of one commune is found from there only; None is found everywhere.
    local_site = models.ForeignKey(
        "cms_pages.LocalSite", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )

    objects = GuideIndexQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class GuideTerm(models.Model):
    """One stem of one page, with how much it matters there."""

    guide = models.ForeignKey(GuideIndex, on_delete=models.CASCADE, related_name="terms")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    stem = models.CharField(max_length=40)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["locale", "stem", "guide"], name="guide_term_lookup"),
            models.Index(fields=["locale", "stem", "-weight"], name="guide_term_best"),
        ]

    def __str__(self) -> str:
        return self.stem


class SearchWord(models.Model):
    """A word that some page uses: the vocabulary that typing errors are compared with."""

    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    word = models.CharField(max_length=40)
    stem = models.CharField(max_length=40)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["locale", "word"], name="search_word_unique")
        ]

    def __str__(self) -> str:
        return self.word


class WordGram(models.Model):
    """Three letters in a row of a word of the vocabulary."""

    word = models.ForeignKey(SearchWord, on_delete=models.CASCADE, related_name="grams")
    locale = models.ForeignKey(Locale, on_delete=models.CASCADE, related_name="+")
    gram = models.CharField(max_length=3)

    class Meta:
        indexes = [models.Index(fields=["locale", "gram", "word"], name="word_gram_lookup")]

    def __str__(self) -> str:
        return self.gram
