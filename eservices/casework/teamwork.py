"""Notes, mentions and errands of agents about a case. The only writer of them."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, OuterRef, Prefetch, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from eservices.cases.errors import BadRequest
from eservices.cases.models import CASE_ROLES, OPEN, Case
from eservices.casework.models import Errand, Mention, Note
from eservices.formdefs.reading import fold
from portal.accounts.models import User

SHOWN = 50
ANSWER_WITHIN = timedelta(days=2)


def colleagues(case: Case) -> list[User]:
    """Return who works on files in the office of the case: who may be named and asked."""
    people = User.objects.filter(
        office_memberships__office_id=case.office_id,
        office_memberships__role__in=CASE_ROLES,
        is_active=True,
    )
    return list(people.distinct().order_by("full_name", "pk"))


def named_in(text: str, people: Sequence[User]) -> list[User]:
    """Return those whose name follows an @ in `text`: the whole name, or as much of it as is there.

    “@Amina Farah” names one of two Aminas, “@Amina” alone names both.
    """
    found: dict[int, User] = {}
    for rest in fold(text).split("@")[1:]:
        lengths = {person: _words_at_start(rest, fold(str(person)).split()) for person in people}
        longest = max(lengths.values(), default=0)
        found |= {one.pk: one for one, words in lengths.items() if longest and words == longest}
    return list(found.values())


@transaction.atomic
def write_note(case: Case, *, author: User, text: str, notify: Collection[User] = ()) -> Note:
    """Keep a note; who is named in it, or in `notify`, finds it on the desk."""
    note = Note.objects.create(case=case, author=author, text=text)
    known = colleagues(case)
    wanted = {person.pk for person in (*notify, *named_in(text, known))} - {author.pk}
    Mention.objects.bulk_create(
        [Mention(note=note, user=person) for person in known if person.pk in wanted]
    )
    return note


def notes(case: Case) -> list[Note]:
    named = Mention.objects.select_related("user")
    rows = case.notes.select_related("author").prefetch_related(Prefetch("mentions", named))
    return list(rows)


def mark_seen(case: Case, *, user: User) -> None:
    """The person named has the notes of this case before the eyes."""
    Mention.objects.unseen_by(user).filter(note__case=case).update(seen_at=timezone.now())


def mentions(user: User) -> list[Mention]:
    """Return where `user` was named: not seen yet first, then the latest."""
    rows = Mention.objects.filter(user=user).select_related("note__case__eservice", "note__author")
    rows = rows.defer("note__case__answers", "note__case__search_text")
    return sorted(rows.order_by("-pk")[:SHOWN], key=lambda row: row.seen_at is not None)


def add_errand(case: Case, *, by: User, text: str, assignee: User, due: date) -> Errand:
    """Ask a colleague, or oneself, to do something until a day. :raises BadRequest:"""
    if assignee.pk not in {person.pk for person in colleagues(case)}:
        raise BadRequest(_("This person does not work on files in this office."))
    return Errand.objects.create(case=case, text=text, assignee=assignee, due=due, created_by=by)


def ask_to_answer(case: Case) -> None:
    """Give whoever has the case the task to answer the applicant, unless it waits already."""
    if case.assignee is None or case.status not in OPEN:
        return
    with translation.override(case.assignee.language or settings.LANGUAGE_CODE):
        text = _("Answer the applicant’s message")
    if not case.errands.filter(text=text, done_at=None, assignee=case.assignee).exists():
        due = timezone.localdate() + ANSWER_WITHIN
        Errand.objects.create(
            case=case, text=text, assignee=case.assignee, due=due, created_by=case.assignee
        )


def finish_errand(case: Case, pk: int, *, by: User) -> bool:
    """Mark as done what is still to do; tell whether it was."""
    rows = Errand.objects.to_do().filter(case=case, pk=pk)
    return bool(rows.update(done_at=timezone.now(), done_by=by))


def errands(case: Case) -> list[Errand]:
    return list(case.errands.select_related("assignee", "done_by", "created_by"))


def errands_of(user: User) -> list[Errand]:
    rows = Errand.objects.of(user).to_do().soonest_first()
    rows = rows.select_related("case__eservice", "created_by")
    return list(rows.defer("case__answers", "case__search_text")[:SHOWN])


def todo_count(user: User) -> Combinable:
    """Return, for use inside another query, how much waits for `user` on the to-do page."""
    unseen = Mention.objects.unseen_by(user).order_by().values("user").annotate(n=Count("pk"))
    tasks = Errand.objects.of(user).to_do().order_by().values("assignee").annotate(n=Count("pk"))
    return Coalesce(Subquery(unseen.values("n")), Value(0)) + Coalesce(
        Subquery(tasks.values("n")), Value(0)
    )


def count_for_case(rows: Any) -> Coalesce:
    """Return, for use inside a query of cases, how many `rows` each case has."""
    rows = getattr(rows, "objects", rows)
    counted = rows.filter(case=OuterRef("pk")).order_by().values("case").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), Value(0))


def _words_at_start(rest: str, words: list[str]) -> int:
    """Return how many words of a name `rest` begins with."""
    for count in range(len(words), 0, -1):
        start = " ".join(words[:count])
        if rest.startswith(start) and not rest[len(start) : len(start) + 1].isalnum():
            return count
    return 0
