"""What people looked for and did not find: the to-do list of editors."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale


class SearchMiss(models.Model):
    """One way of asking that no page answered, however often. Holds nothing about who asked."""

    locale = models.ForeignKey(
        Locale, on_delete=models.CASCADE, related_name="+", verbose_name=_("language")
    )
    words = models.CharField(_("words"), max_length=80)
    times = models.PositiveIntegerField(_("times"), default=1)
    last_on = models.DateField(_("last on"), auto_now=True)

    class Meta:
        verbose_name = _("search without result")
        verbose_name_plural = _("searches without result")
        ordering = ["-times", "words"]
        constraints = [
            models.UniqueConstraint(fields=["locale", "words"], name="search_miss_unique")
        ]

    def __str__(self) -> str:
        return self.words
