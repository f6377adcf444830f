"""Counting that stops: what nobody reads exactly need not be counted to its end."""

from django.db.models import IntegerField, Subquery


class BoundedCount(Subquery):
    """How many rows a subquery has; slice it, so that counting stays cheap on any number."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) bounded)"
    output_field = IntegerField()
