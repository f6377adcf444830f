"""What visitors may write: their opinion of a page."""

from wagtail.models import Page

from cms_pages.models.votes import LONGEST_COMMENT, PageVote


def record_vote(page: Page, *, is_helpful: bool, comment: str) -> PageVote:
    """Keep what a reader says of `page`; a comment that is too long is cut."""
    text = " ".join(comment.replace("\x00", "").split())[:LONGEST_COMMENT]
    vote = PageVote(page=page, is_helpful=is_helpful, comment=text)
    vote.save()
    return vote
