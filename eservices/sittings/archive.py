"""The decisions of all sittings: searched, and followed until they are carried out."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from eservices.cases.models import Case
from eservices.sittings.models import AgendaItem, Sitting
from portal.accounts.models import User


@dataclass(frozen=True)
class Search:
    """What is looked for; empty means all."""

    words: str = ""
    verdict: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


def decisions(user: User, search: Search) -> QuerySet[AgendaItem]:
    """Return the decisions that this person may know of, the latest sitting first.

    Those of the sittings one was called to, and of those one prepares where one may read the
    dossier. Nothing decided is ever left out for having been rejected or put off.
    """
    prepared = Sitting.objects.prepared_by(user).values("pk")
    seat = Q(sitting__members__user=user)
    own = Q(sitting__in=prepared, case__in=Case.objects.readable_by(user))
    found = AgendaItem.objects.exclude(verdict="").filter(seat | own).distinct()
    for word in search.words.split():
        found = found.filter(
            Q(title__icontains=word)
            | Q(group__icontains=word)
            | Q(text__icontains=word)
            | Q(responsible__icontains=word)
            | Q(case__reference__icontains=word)
        )
    if search.verdict:
        found = found.filter(verdict=search.verdict)
    if search.state:
        found = found.adopted().filter(execution=search.state)
    if search.since:
        found = found.filter(sitting__starts_at__date__gte=search.since)
    if search.until:
        found = found.filter(sitting__starts_at__date__lte=search.until)
    return found.select_related("sitting", "case").order_by("-sitting__starts_at", "position", "pk")
