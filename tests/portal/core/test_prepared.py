"""Statements written once: the same rows as the query set, whoever asks and whenever."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Value
from django.utils import timezone

from portal.accounts.models import User
from portal.core.counting import KeyAmong
from portal.core.prepared import prepared


@pytest.fixture
def people(db):
    moments = [datetime(2026, 1, day, 8, 30, 0, 5, tzinfo=UTC) for day in range(1, 7)]
    return [
        User.objects.create(full_name=f"N{number % 2}", date_joined=at, phone=f"+25377{number:06}")
        for number, at in enumerate(moments)
    ]


@prepared
def _joined(is_last_first: bool, *, name: str, since: datetime, keys: tuple[int, ...]) -> Any:
    rows = User.objects.filter(KeyAmong(keys), full_name=name, date_joined__gte=since)
    return rows.order_by("-pk" if is_last_first else "pk")


def test_every_value_is_put_in_its_place(people, django_assert_num_queries):
    keys = tuple(one.pk for one in people)
    for name, since, last_first in [
        ("N0", people[2].date_joined, True), ("N1", people[2].date_joined, True),
        ("N0", people[5].date_joined, False), ("N1", people[0].date_joined, False),
    ]:  # fmt: skip
        with django_assert_num_queries(1):
            found = _joined(last_first, name=name, since=since, keys=keys[1:])
        wanted = [o for o in people[1:] if o.full_name == name and o.date_joined >= since]
        assert found == (wanted[::-1] if last_first else wanted)
    assert _joined.statement.cache_info().currsize == 2  # two shapes, however many values
    assert _joined(True, name="N0", since=people[0].date_joined, keys=()) == []


def test_values_and_joins_are_read_as_the_query_set_reads_them(people):
    names = prepared(lambda *, pk: User.objects.filter(pk=pk).values_list("full_name", "phone"))
    rows = prepared(lambda *, pk: User.objects.filter(pk=pk).values("date_joined"))
    for one in people:
        assert names(pk=one.pk) == [(one.full_name, one.phone)]
        assert rows(pk=one.pk) == [{"date_joined": one.date_joined}]
    assert prepared(lambda *, pk: User.objects.filter(pk=pk, pk__in=[]))(pk=people[0].pk) == []


@pytest.mark.parametrize(
    "build",
    [
        lambda *, n: User.objects.filter(pk=n + 1),
        lambda *, n: User.objects.filter(phone=f"x{n}"),
        lambda *, n: User.objects.filter(pk=n, date_joined__lt=timezone.now()),
        lambda *, n: User.objects.filter(pk=n).prefetch_related("office_memberships"),
    ],
)
def test_a_function_that_would_keep_or_change_a_value_is_refused(build, db):
    with pytest.raises(ValueError, match="lambda"):
        prepared(build)(n=1)


def test_a_changed_moment_and_an_unknown_kind_are_refused(db):
    later = prepared(lambda *, at: User.objects.filter(date_joined__lt=at + timedelta(days=1)))
    with pytest.raises(ValueError, match="lambda"):
        later(at=timezone.now())
    with pytest.raises(TypeError, match="float"):
        prepared(lambda *, n: User.objects.annotate(n=Value(n)))(n=1.5)


def test_a_statement_by_choice_may_name_days_and_remembers_apart(people):
    @prepared
    def since(day: str, *, name: str) -> Any:
        at = datetime.fromisoformat(day).replace(tzinfo=UTC)
        return User.objects.filter(date_joined__gte=at, full_name=name).order_by("pk")

    with pytest.raises(ValueError, match="since"):
        since("2026-01-03", name="N0")
    for day, left in [("2026-01-01", people[::2]), ("2026-01-03", people[2::2])]:
        assert since.by_choice(day, name="N0") == left
        assert since.by_choice(day, name="N0") == left
    assert since.by_choice.statement.cache_info().hits == 2
    assert since.statement.cache_info().currsize == 0
