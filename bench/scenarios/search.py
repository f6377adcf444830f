"""Search and a guide when the catalogue is that of a big country: 20,000 generated guides.

The generated guides go straight into the tables, with the words of the sample guides and a few
thousand made-up ones, so that common, rare and misspelt words all have something to find.
"""

import random

from django.db import connection, transaction
from wagtail.models import Locale, Page

from bench.context import Browser, Context
from cms_pages import page_cache
from cms_pages.models import GuideIndex, GuideTerm, ProcedurePage, SearchWord, WordGram
from cms_pages.search.text import grams, stem

SIZE = 20_000
WORDS_EACH = 45
SEARCHES = {
    "a rare word": "casier",
    "two typing errors": "casi%C3%A9+judiciere",
    "words of every guide": "demande+certificat",
    "a word nobody wrote": "xylophone",
    "filtered": "certificat&online=1",
}


def run(ctx: Context) -> None:
    page = ProcedurePage.objects.live().filter(locale__language_code="fr").first()
    assert page is not None
    measure(ctx, page, size=GuideIndex.objects.filter(locale=page.locale).count())
    fill(page)
    measure(ctx, page, size=GuideIndex.objects.filter(locale=page.locale).count())


def measure(ctx: Context, page: ProcedurePage, *, size: int) -> None:
    guide = page.get_url_parts()[2]
    for name, words in SEARCHES.items():
        address = f"/recherche/?q={words}"
        ctx.measure(f"search, {name}", lambda b, a=address: b.get(a), repeat=20, size=size)
    suggest = "/recherche/suggestions/?q=acte+naiss"
    ctx.measure("search, suggestions", lambda b: b.get(suggest), repeat=20, size=size)
    ctx.measure("guide, not cached", lambda b: _afresh(b, guide), repeat=30, size=size)


def _afresh(browser: Browser, path: str) -> None:
    page_cache.forget()
    browser.get(path)


@transaction.atomic
def fill(like: ProcedurePage) -> None:
    """Add `SIZE` guides beside `like`."""
    chance = random.Random(20)
    locale = like.locale
    vocabulary = _vocabulary(chance, locale)
    parent = like.get_parent()
    first = Page._get_children_path_interval(parent.path)[1]
    pages = []
    for number in range(SIZE):
        page = Page(
            title=f"Certificat {chance.choice(vocabulary)} {chance.choice(vocabulary)} {number}",
            slug=f"genere-{number}",
            url_path=f"{parent.url_path}genere-{number}/",
            path=f"{parent.path}{_step(number + 5000)}",
            depth=parent.depth + 1,
            locale=locale,
            content_type=like.content_type,
            live=True,
        )
        pages.append(page)
    assert pages[-1].path <= first
    Page.objects.bulk_create(pages, batch_size=500)
    _guide_rows(pages)
    _index(pages, chance, vocabulary, locale)


def _vocabulary(chance: random.Random, locale: Locale) -> list[str]:
    syllables = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "ou", "an")]
    made = {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(6000)}
    known = SearchWord.objects.filter(locale=locale).values_list("word", flat=True)
    words = sorted(made - set(known))
    SearchWord.objects.bulk_create(
        [SearchWord(locale=locale, word=w, stem=stem(w, "fr")) for w in words], batch_size=1000
    )
    rows = SearchWord.objects.filter(locale=locale, word__in=words[:30000])
    WordGram.objects.bulk_create(
        [WordGram(word=r, locale=locale, gram=g) for r in rows for g in grams(r.word)],
        batch_size=1000,
    )
    return [*words, *known]


def _step(number: int) -> str:
    digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    text = ""
    for _ in range(Page.steplen):
        number, rest = divmod(number, 36)
        text = digits[rest] + text
    return text


def _guide_rows(pages: list[Page]) -> None:
    """Give each page the row of a guide; two-table models cannot be created in bulk."""
    fields = [f for f in ProcedurePage._meta.local_concrete_fields if not f.primary_key]
    blank = ProcedurePage(summary="Un résumé.", audiences=["citizens"])
    values = [f.get_db_prep_save(getattr(blank, f.attname), connection) for f in fields]
    columns = ", ".join(f'"{f.column}"' for f in fields)
    marks = ", ".join(["%s"] * (len(fields) + 1))
    sql = f'INSERT INTO {ProcedurePage._meta.db_table} ("page_ptr_id", {columns}) VALUES ({marks})'
    at = [f.name for f in fields].index("identifier")
    rows = []
    for page in pages:
        own = list(values)
        own[at] = page.slug
        rows.append([page.pk, *own])
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)


def _index(pages: list[Page], chance: random.Random, vocabulary: list[str], locale: Locale) -> None:
    common = ["demande", "certificat", "piece", "mairie", "identite"]
    for start in range(0, len(pages), 1000):
        guides = []
        words_of = []
        for page in pages[start : start + 1000]:
            words = [*common, *chance.sample(vocabulary, WORDS_EACH)]
            words_of.append(words)
            guides.append(
                GuideIndex(
                    page=page,
                    locale=locale,
                    title=page.title,
                    summary="Un résumé.",
                    text=" ".join(words),
                    audiences=",citizens,",
                )
            )
        GuideIndex.objects.bulk_create(guides)
        terms = [
            GuideTerm(guide=guide, locale=locale, stem=stem(w, "fr"), weight=chance.randint(1, 30))
            for guide, words in zip(guides, words_of, strict=True)
            for w in words
        ]
        GuideTerm.objects.bulk_create(terms, batch_size=2000)
