"""Find pages from what people type: any accent, any plural, some typing errors, a bounded cost."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    FloatField,
    IntegerField,
    Max,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from wagtail.models import Locale

from cms_pages.models.search import GuideIndex, GuideTerm, WordGram
from cms_pages.search.text import fold, grams, stem, words
from portal.core.counting import BoundedCount

LONGEST_QUERY = 300
MOST_WORDS = 8
MOST_CORRECTED = 4
MOST_CANDIDATES = 300
MOST_FOUND = 500
MOST_READ = 1000  # pages of one word that are compared: of a more frequent one, those most about it
PAGE_SIZE = 15
GOOD_ENOUGH = 0.7


@dataclass(frozen=True)
class Filters:
    """What narrows a search; empty values narrow nothing."""

    theme_path: str = ""
    audience: str = ""
    online: bool = False

    def apply(self, terms: QuerySet[GuideTerm], local_site: int | None) -> QuerySet[GuideTerm]:
        everywhere = Q(guide__local_site=None)
        if local_site is not None:
            everywhere |= Q(guide__local_site=local_site)
        terms = terms.filter(everywhere)
        if self.theme_path:
            terms = terms.filter(guide__page__path__startswith=self.theme_path)
        if self.audience:
            terms = terms.filter(guide__audiences__contains=f",{self.audience},")
        return terms.filter(guide__has_eservice=True) if self.online else terms


@dataclass(frozen=True)
class Meaning:
    """What one typed word may stand for: stems, each with how sure we are."""

    word: str
    stems: dict[str, float]
    corrected: str = ""
    is_common: bool = False  # may stand in more pages than are compared


@dataclass(frozen=True)
class Found:
    guide: GuideIndex
    extract: list[tuple[str, bool]]  # pieces of text; True: a word that was looked for


@dataclass(frozen=True)
class Answer:
    results: list[Found] = field(default_factory=list)
    total: int = 0
    pages: int = 0
    corrected: str = ""  # what was searched instead, when it differs


def search(
    text: str,
    *,
    locale_id: int,
    language: str,
    filters: Filters | None = None,
    page: int = 1,
    local_site: int | None = None,
) -> Answer:
    """Return page `page` of what answers `text`, best first. At most four queries, no write.

    With `local_site` the pages of that commune are searched too.
    """
    typed = list(dict.fromkeys(words(text, language, limit=LONGEST_QUERY)))[:MOST_WORDS]
    meanings = _meanings(typed, locale_id, language)
    ids = _ranked(meanings, locale_id, filters or Filters(), local_site)
    shown = ids[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    guides = GuideIndex.objects.select_related("page").in_bulk(shown) if shown else {}
    stems = {s for meaning in meanings for s in meaning.stems}
    return Answer(
        results=[
            Found(guides[pk], _extract(guides[pk], stems, language)) for pk in shown if pk in guides
        ],
        total=len(ids),
        pages=math.ceil(len(ids) / PAGE_SIZE),
        corrected=_corrected(meanings),
    )


def _meanings(typed: list[str], locale_id: int, language: str) -> list[Meaning]:
    stems = {word: stem(word, language) for word in typed}
    known = _frequencies(set(stems.values()), locale_id)
    unknown = [w for w in typed if stems[w] not in known and len(w) > 2][:MOST_CORRECTED]
    near = _near(unknown, locale_id) if unknown else {}
    meanings = []
    for word in typed:
        if stems[word] in known:
            # A rare word says more about what is wanted than a common one.
            rarity = 1 / (1 + math.log(known[stems[word]]))
            is_common = known[stems[word]] > MOST_READ
            meanings.append(Meaning(word, {stems[word]: rarity}, is_common=is_common))
        elif near.get(word):
            best = near[word][0][1]
            alternatives = {s: likeness for likeness, _word, s in reversed(near[word])}
            meanings.append(Meaning(word, alternatives, corrected=best, is_common=True))
    return meanings


def _frequencies(stems: Collection[str], locale_id: int) -> dict[str, int]:
    """Return in how many pages each stem stands; `MOST_READ` + 1 is "in more than that"."""
    if not stems:
        return {}
    terms = GuideTerm.objects.filter(locale_id=locale_id)
    order = sorted(stems)
    counts = {
        f"stem_{place}": BoundedCount(terms.filter(stem=one).values("pk")[: MOST_READ + 1])
        for place, one in enumerate(order)
    }
    row = Locale.objects.filter(pk=locale_id).values_list(*counts.values()).first() or ()
    return {one: pages for one, pages in zip(order, row, strict=False) if pages}


def _near(unknown: list[str], locale_id: int) -> dict[str, list[tuple[float, str, str]]]:
    """Return for each unknown word the words of the vocabulary it may be, likeliest first."""
    wanted = {gram for word in unknown for gram in grams(word)}
    rows = (
        WordGram.objects.filter(locale_id=locale_id, gram__in=wanted)
        .values_list("word__word", "word__stem")
        .annotate(shared=Count("id"))
        .order_by("-shared", "word__word")[:MOST_CANDIDATES]
    )
    candidates = [(word, stemmed, grams(word)) for word, stemmed, _shared in rows]
    return {word: _likeliest(word, candidates) for word in unknown}


def _likeliest(
    typed: str, candidates: Iterable[tuple[str, str, set[str]]]
) -> list[tuple[float, str, str]]:
    own = grams(typed)
    # Comparing letter by letter is dear: only the ten that share most groups of letters get there.
    closest = sorted(candidates, key=lambda c: (-len(own & c[2]) / len(own | c[2]), c[0]))[:10]
    likely = [(_likeness(typed, word), word, stemmed) for word, stemmed, _grams in closest]
    likely = sorted((x for x in likely if x[0] >= GOOD_ENOUGH), key=lambda x: (-x[0], x[1]))
    return [x for x in likely if x[0] >= likely[0][0] - 0.06][:3]


def _likeness(typed: str, word: str) -> float:
    if word.startswith(typed) or (len(typed) > 3 and typed in word):
        return 0.7 + 0.29 * len(typed) / len(word)  # a word not finished, or with an article
    return SequenceMatcher(None, typed, word).ratio()


def _ranked(
    meanings: list[Meaning], locale_id: int, filters: Filters, local_site: int | None
) -> list[int]:
    """Return the pages with the most of the words, those that are most about them first."""
    if not meanings:
        return []
    strength = {s: sure for meaning in meanings for s, sure in meaning.stems.items()}
    terms = filters.apply(
        GuideTerm.objects.filter(locale_id=locale_id, stem__in=strength), local_site
    )
    if any(meaning.is_common for meaning in meanings):
        terms = terms.filter(guide__in=_most_about(terms, strength))
    score = Case(
        *[When(stem=s, then=F("weight") * Value(sure)) for s, sure in strength.items()],
        default=Value(0.0),
        output_field=FloatField(),
    )
    matched = sum((_has_any(meaning.stems) for meaning in meanings), Value(0))
    rows = (
        terms.values("guide_id")
        .annotate(score=Sum(score), matched=matched)
        .order_by("-matched", "-score", "guide_id")
        .values_list("guide_id", "matched")[:MOST_FOUND]
    )
    found = list(rows)
    if not found:
        return []
    most = found[0][1]
    enough = [guide_id for guide_id, count in found if count == most]
    if len(enough) < 3 and most > 1:
        enough += [guide_id for guide_id, count in found if count == most - 1][:PAGE_SIZE]
    return enough


def _most_about(terms: QuerySet[GuideTerm], stems: Iterable[str]) -> QuerySet[Any, Any]:
    """Return the pages most about each stem: what a frequent word costs is bounded so."""
    best = (terms.filter(stem=one).order_by("-weight", "pk")[:MOST_READ] for one in stems)
    # Each limit stands in a query of its own: SQLite takes none inside a union.
    places = [GuideTerm.objects.filter(pk__in=one.values("pk")).values("guide") for one in best]
    return places[0].union(*places[1:]) if len(places) > 1 else places[0]


def _has_any(stems: Iterable[str]) -> Max:
    one = Case(When(stem__in=list(stems), then=1), default=0, output_field=IntegerField())
    return Max(one)


def _corrected(meanings: list[Meaning]) -> str:
    """Return the words that were searched, when one of them is not what was typed."""
    if not any(m.corrected and not m.corrected.startswith(m.word) for m in meanings):
        return ""
    return " ".join(m.corrected or m.word for m in meanings)


def _extract(guide: GuideIndex, stems: set[str], language: str) -> list[tuple[str, bool]]:
    """Return the passage around the first word that was found, cut into marked pieces."""
    for text in (guide.summary, guide.text[:6000]):
        parts = text.split()
        hits = [i for i, part in enumerate(parts) if _says(part, stems, language)]
        if hits:
            start = 0 if text == guide.summary else max(0, hits[0] - 8)
            window = range(start, min(len(parts), start + 34))
            pieces = [(parts[i], i in hits) for i in window]
            before = [("…", False)] if start else []
            after = [("…", False)] if window.stop < len(parts) else []
            return before + pieces + after
    return [(guide.summary, False)]


def _says(part: str, stems: set[str], language: str) -> bool:
    return any(stem(fold(word), language) in stems for word in words(part, language))
