"""What readers say of a page."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

LONGEST_COMMENT = 500


class PageVote(models.Model):
    """One answer to “Was this page helpful?”. Nothing says who gave it."""

    page = models.ForeignKey(
        Page,
        on_delete=models.CASCADE,
        related_name="+",
        related_query_name="pagevote",
        verbose_name=_("page"),
    )
    is_helpful = models.BooleanField(_("helpful"))
    comment = models.CharField(_("comment"), max_length=LONGEST_COMMENT, blank=True)
    created_on = models.DateField(_("date"), auto_now_add=True)

    class Meta:
        verbose_name = _("reader's opinion")
        verbose_name_plural = _("readers' opinions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.page}: {'+' if self.is_helpful else '-'}"
