"""The statuses of a case, and those that go together."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Func
from django.utils.translation import gettext_lazy as _


class CaseStatus(models.TextChoices):
    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    SUBMITTED = "submitted", _("Filed")
    IN_REVIEW = "in_review", _("Being processed")
    AWAITING_APPLICANT = "awaiting_applicant", _("Waiting for your answer")
    GRANTED = "granted", _("Granted")
    REFUSED = "refused", _("Refused")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN = [CaseStatus.SUBMITTED, CaseStatus.IN_REVIEW, CaseStatus.AWAITING_APPLICANT]
DECIDED = [CaseStatus.GRANTED, CaseStatus.REFUSED]
ENDED = [CaseStatus.CLOSED, CaseStatus.WITHDRAWN]
CLOCK_RUNS = [CaseStatus.SUBMITTED, CaseStatus.IN_REVIEW]


class StatusIs(Func):
    """`status IN (…)` with its values written out.

    SQLite uses a partial index only when it can compare the condition with the query's own text;
    bound values hide it, and the queue of 100,000 cases is then sorted at every look.
    """

    template = "%(expressions)s IN (%(values)s)"
    output_field = models.BooleanField()

    def __init__(self, statuses: Iterable[CaseStatus]) -> None:
        values = ", ".join(f"'{CaseStatus(status).value}'" for status in statuses)
        super().__init__(F("status"), values=values)
