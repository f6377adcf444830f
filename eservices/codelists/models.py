"""Lists of answers that forms share: towns, banks, professions. A version never changes."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.core.texts import pick


class CodeList(models.Model):
    """A list under one name. Its content is its last version; published forms keep theirs."""

    key = models.SlugField(_("key"), max_length=60, unique=True)
    title = models.JSONField(_("title"), default=dict)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("code list")
        verbose_name_plural = _("code lists")
        ordering = ["key"]

    def __str__(self) -> str:
        return pick(self.title) or self.key

    @property
    def last(self) -> "CodeListVersion | None":
        return self.versions.order_by("-number").first()


class CodeListVersion(models.Model):
    """What one file said: entries with their labels and the days they are valid."""

    code_list = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    entries = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField(_("imported"), default=timezone.now)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["code_list", "number"]
        constraints = [
            models.UniqueConstraint(fields=["code_list", "number"], name="code_list_number_unique")
        ]

    def __str__(self) -> str:
        return f"{self.code_list.key} v{self.number}"

    def options(self) -> list[dict[str, Any]]:
        """Return the entries as the options of a question."""
        return [dict(entry) for entry in self.entries]
