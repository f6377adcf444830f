"""What is published of the figures: made every night, with nothing that could point at a person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from eservices.catalog.models import EService


class Dataset(models.Model):
    """The rows of one open dataset as anybody may take them. Its columns are described in code."""

    code = models.SlugField(unique=True)
    rows = models.JSONField(default=list)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("open dataset")
        verbose_name_plural = _("open datasets")

    def __str__(self) -> str:
        return self.code


class MeasuredDelay(models.Model):
    """How long an e-service really took over the last twelve months, when five people or more know."""

    eservice = models.OneToOneField(EService, on_delete=models.CASCADE, related_name="+")
    decided = models.PositiveIntegerField()
    median_hours = models.PositiveIntegerField()
    slowest_hours = models.PositiveIntegerField()  # nine decisions in ten took no longer
    share_on_time = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return f"{self.eservice_id}: {self.median_hours} h"
