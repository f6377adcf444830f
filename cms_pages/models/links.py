"""Links that lead nowhere any more."""

from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SURE_AFTER = 2  # failed checks on different days: a site that is down tonight is not a dead link


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    def broken(self) -> Self:
        """Links to mend: inside the portal at once, elsewhere after two failed checks."""
        inside = models.Q(is_inside=True, failures__gte=1)
        return self.filter(inside | models.Q(failures__gte=SURE_AFTER), page__live=True)


class LinkCheck(models.Model):
    """One address on one page, and what the last check of it said."""

    class Outcome(models.TextChoices):
        ANSWERS = "answers", _("It answers")
        GONE = "gone", _("Nothing is there any more")
        REFUSED = "refused", _("The site answers with an error")
        SILENT = "silent", _("The site does not answer")
        FORBIDDEN = "forbidden", _("Not an address of the public web")

    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="+")
    address = models.CharField(_("address"), max_length=500)
    is_inside = models.BooleanField(_("inside the portal"), default=False)
    outcome = models.CharField(
        _("finding"), max_length=10, choices=Outcome.choices, default=Outcome.ANSWERS
    )
    status = models.PositiveSmallIntegerField(_("HTTP status"), default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateField(_("since"), null=True, blank=True)
    checked_on = models.DateField(_("last check"), null=True, blank=True)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("link")
        verbose_name_plural = _("links")
        constraints = [
            models.UniqueConstraint(fields=["page", "address"], name="link_once_per_page")
        ]
        indexes = [models.Index(fields=["checked_on"], name="link_by_check")]

    def __str__(self) -> str:
        return self.address

    def note(self, outcome: str, status: int = 0) -> None:
        """Take in the finding of today's check; two on one day count once."""
        today = timezone.localdate()
        failed = outcome != self.Outcome.ANSWERS
        if not failed:
            self.failures, self.failing_since = 0, None
        elif self.checked_on != today or not self.failures:
            self.failures += 1
            self.failing_since = self.failing_since or today
        self.outcome, self.status, self.checked_on = outcome, status, today
