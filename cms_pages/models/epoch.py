"""One number that changes whenever anything the public site shows may have changed."""

from django.db import models


class ContentEpoch(models.Model):
    """A single row, counted up by database triggers (see cms_pages.epoch), never by Python."""

    number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.number)
