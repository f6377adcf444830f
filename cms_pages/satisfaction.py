"""What readers say of each page: a league of pages, with where each is going."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, Count, F, FloatField, Q, QuerySet, When
from django.utils import timezone
from wagtail.models import Page

from cms_pages.models import PageVote

PERIOD = timedelta(days=90)
FEWEST = 5  # votes; fewer say nothing of a page
COMMENTS_SHOWN = 3


@dataclass(frozen=True)
class Standing:
    """The opinions on one page over the last ninety days, beside the ninety before."""

    helped: int
    votes: int
    share: int  # in hundredths
    change: int | None  # in points; None when either period has too few votes
    comments: list[str]


def league(today: date | None = None) -> QuerySet[Page]:
    """Return the pages with enough votes over the last ninety days, those that help least first."""
    since, before = _periods(today)
    counted = Page.objects.filter(live=True).annotate(
        votes=_votes(since),
        helped=_votes(since, is_helpful=True),
        votes_before=_votes(before, since),
        helped_before=_votes(before, since, is_helpful=True),
    )
    share = Case(
        When(votes__gt=0, then=100.0 * F("helped") / F("votes")),
        default=None,
        output_field=FloatField(),
    )
    ranked = counted.filter(votes__gte=FEWEST).annotate(share=share).select_related("locale")
    return ranked.order_by("share", "-votes", "title")


def standings(pages: Iterable[Page], today: date | None = None) -> dict[int, Standing]:
    """Return what `pages` of the league stand for, with the last words of their readers."""
    since, _before = _periods(today)
    pages = list(pages)
    said: defaultdict[int, list[str]] = defaultdict(list)
    votes = PageVote.objects.filter(page__in=pages, created_on__gt=since).exclude(comment="")
    for page_id, comment in votes.order_by("-pk").values_list("page_id", "comment"):
        if len(said[page_id]) < COMMENTS_SHOWN:
            said[page_id].append(comment)
    return {page.pk: _standing(page, said[page.pk]) for page in pages}


def _standing(page: Page, comments: list[str]) -> Standing:
    change = None
    if page.votes_before >= FEWEST:
        change = round(page.share - 100 * page.helped_before / page.votes_before)
    return Standing(page.helped, page.votes, round(page.share), change, comments)


def _periods(today: date | None) -> tuple[date, date]:
    since = (today or timezone.localdate()) - PERIOD
    return since, since - PERIOD


def _votes(after: date, until: date | None = None, **wanted: bool) -> Count:
    """Return the number of votes of one period; each is counted once, whatever is joined."""
    these = Q(pagevote__created_on__gt=after)
    if until is not None:
        these &= Q(pagevote__created_on__lte=until)
    these &= Q(**{f"pagevote__{name}": value for name, value in wanted.items()})
    return Count("pagevote", filter=these, distinct=True)
