"""Keep the search index true: one page at a time, in the transaction of its change."""

from collections import Counter

from django.apps import apps
from django.db import transaction
from wagtail.models import Page

from cms_pages.models.search import GuideIndex, GuideTerm, SearchWord, WordGram
from cms_pages.search.text import grams, stem, words

WEIGHTS = {"title": 20, "keywords": 16, "summary": 5, "text": 1}
MOST_PER_PART = 3  # repeating a word does not make a page more about it


def refresh(page_id: int) -> None:
    """Make the index say what the live page says; forget the page when it is not live."""
    page = Page.objects.filter(pk=page_id, live=True).select_related("locale").first()
    page = page.specific if page else None
    with transaction.atomic():
        if page is None or not getattr(page, "index_kind", None):
            GuideIndex.objects.filter(page_id=page_id).delete()
            return
        _write(page)


def _write(page: Page) -> None:
    parts = page.searchable_text()
    language = page.locale.language_code
    guide, _created = GuideIndex.objects.update_or_create(
        page_id=page.pk,
        defaults={
            "locale_id": page.locale_id,
            "kind": page.index_kind,
            "title": page.title,
            "summary": parts["summary"],
            "text": " ".join(parts["text"].split()),
            "audiences": f",{','.join(getattr(page, 'audiences', []))},",
            "has_eservice": _has_eservice(page),
            "local_site_id": _local_site(page),
        },
    )
    weights: Counter[str] = Counter()
    vocabulary: set[str] = set()
    for part, text in parts.items():
        found = Counter(words(text, language))
        vocabulary |= {word for word in found if len(word) > 2 and not word.isdigit()}
        for word, times in found.items():
            most = 1 if part == "title" else MOST_PER_PART
            weights[stem(word, language)] += WEIGHTS[part] * min(times, most)
    GuideTerm.objects.filter(guide=guide).delete()
    GuideTerm.objects.bulk_create(
        GuideTerm(guide=guide, locale_id=page.locale_id, stem=s, weight=min(w, 30_000))
        for s, w in weights.items()
    )
    _learn(vocabulary, page.locale_id, language)


def _has_eservice(page: Page) -> bool:
    channels = getattr(page, "channels", None)
    return bool(channels and channels.filter(eservice__current__isnull=False).exists())


def _local_site(page: Page) -> int | None:
    """Return the commune whose own page this is; its home page is for everybody."""
    above = apps.get_model("cms_pages", "LocalHomePage").objects.ancestor_of(page)
    return above.values_list("site_id", flat=True).first()


def _learn(vocabulary: set[str], locale_id: int, language: str) -> None:
    """Add to the vocabulary the words it does not know yet."""
    known = SearchWord.objects.filter(locale_id=locale_id, word__in=vocabulary)
    new = sorted(vocabulary - set(known.values_list("word", flat=True)))
    if not new:
        return
    # Two editors may publish the same new word at once.
    SearchWord.objects.bulk_create(
        [SearchWord(locale_id=locale_id, word=w, stem=stem(w, language)) for w in new],
        ignore_conflicts=True,
    )
    rows = SearchWord.objects.filter(locale_id=locale_id, word__in=new)
    WordGram.objects.bulk_create(
        WordGram(word=row, locale_id=locale_id, gram=gram)
        for row in rows
        for gram in grams(row.word)
    )
