"""What visitors may write: their opinion of a page, and what they did not find."""

from django.db.models import F
from django.utils import timezone
from wagtail.models import Page

from cms_pages.models.consultations import ConsultationPage, Contribution
from cms_pages.models.misses import SearchMiss
from cms_pages.models.votes import LONGEST_COMMENT, PageVote

LONGEST_MISS = 80


def record_vote(page: Page, *, is_helpful: bool, comment: str) -> PageVote:
    """Keep what a reader says of `page`; a comment that is too long is cut."""
    text = " ".join(comment.replace("\x00", "").split())[:LONGEST_COMMENT]
    vote = PageVote(page=page, is_helpful=is_helpful, comment=text)
    vote.save()
    return vote


def record_miss(words: list[str], *, locale_id: int) -> None:
    """Count one search for `words` that no page answered. A number is left out: it may be somebody's."""
    kept = " ".join(word for word in words if sum(sign.isdigit() for sign in word) < 5)
    if not kept:
        return
    miss, is_new = SearchMiss.objects.get_or_create(locale_id=locale_id, words=kept[:LONGEST_MISS])
    if not is_new:
        SearchMiss.objects.filter(pk=miss.pk).update(
            times=F("times") + 1, last_on=timezone.localdate()
        )


def contribute(page: ConsultationPage, *, answers: list[list[str]], signature: str) -> Contribution:
    """Keep what somebody says in a consultation; nobody sees it before a moderator."""
    return Contribution.objects.create(page=page, answers=answers, signature=signature)
