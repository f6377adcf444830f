"""Nothing is reserved twice: amounts never overdraw a line, periods never overlap."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction

from eservices.registers import services
from eservices.registers.errors import Overlap, Shortfall
from eservices.registers.models import AmountReservation, PeriodReservation, RegisterEntry


def at(day, hour=0):
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def hold(line, amount, owner="case:1", **more):
    return services.hold_amount(line, amount, owner=owner, purpose="credits", label=owner, **more)


def account(line):
    line.refresh_from_db()
    return line.reserved, line.consumed, line.excess, line.available


def test_an_amount_is_set_aside_then_spent_or_freed(line):
    hold(line, 400_000)
    hold(line, 300_000, "case:2")
    assert account(line) == (700_000, 0, 0, 300_000)
    assert services.consume("case:1", purpose="credits", amount=350_000) == 350_000
    assert account(line) == (300_000, 350_000, 0, 350_000)
    assert services.free("case:2") == 1
    assert services.free("case:2") == 0
    assert services.free("case:1") == 0  # what is spent is not given back
    assert account(line) == (0, 350_000, 0, 650_000)


def test_holding_again_replaces_what_was_held(line):
    hold(line, 900_000)
    hold(line, 950_000)
    assert account(line) == (950_000, 0, 0, 50_000)


def test_a_shortfall_is_told_and_changes_nothing(line):
    hold(line, 900_000)
    with pytest.raises(Shortfall, match="21-6 Missions") as caught:
        hold(line, 250_000, "case:2")
    assert caught.value.details == {"available": 100_000, "missing": 150_000}
    assert account(line) == (900_000, 0, 0, 100_000)
    assert services.missing_amount(line, 250_000) == 150_000
    assert services.missing_amount(line, 950_000, owner="case:1") == 0


def test_an_excess_is_allowed_by_name_and_ends_with_its_reservation(line):
    hold(line, 1_200_000, may_exceed=True)
    assert account(line) == (1_200_000, 0, 200_000, -200_000)
    with pytest.raises(Shortfall):
        hold(line, 1, "case:2")
    services.free("case:1")
    assert account(line) == (0, 0, 0, 1_000_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.filter(pk=line.pk).update(reserved=1_000_001)


def take(driver, start, end, owner="case:1"):
    return services.hold_period(driver, start, end, owner=owner, purpose="m", label=f"OM {owner}")


def test_a_period_overlaps_nothing_and_touches_its_neighbours(driver):
    take(driver, at(10), at(13))
    take(driver, at(13), at(15), "case:2")
    take(driver, at(8), at(10), "case:3")
    for start, end in ((9, 11), (12, 14), (10, 11), (1, 30)):
        with pytest.raises(Overlap, match="Salif Traoré"):
            take(driver, at(start), at(end), "case:4")
    services.free("case:1")
    take(driver, at(11), at(12), "case:4")


def test_the_refusal_names_who_when_and_the_other_order(driver):
    take(driver, at(10), at(13))
    with pytest.raises(Overlap) as caught:
        take(driver, at(12, 8), at(14), "case:2")
    text = str(caught.value)
    assert "Salif Traoré (M100)" in text
    assert "10 décembre 2026" in text
    assert "12 décembre 2026" in text  # the last day, not the midnight after it
    assert "OM case:1" in text
    assert services.clash(driver, at(12), at(14), owner="case:1") is None


@pytest.mark.django_db(transaction=True)
def test_of_those_who_reserve_at_once_only_what_fits_passes(line, driver):
    """Twelve at the same instant: four amounts of 300,000 on a line of 1,000,000, then one driver."""
    results: list[str] = []

    def attempt(number):
        try:
            with transaction.atomic():
                if number % 2:
                    hold(line, 300_000, f"case:{number}")
                else:
                    take(driver, at(10 + number % 3), at(20), f"case:{number}")
            results.append("a" if number % 2 else "p")
        except (Shortfall, Overlap):
            results.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["a"] * 3 + ["p"] + ["refused"] * 8
    assert account(line) == (900_000, 0, 0, 100_000)
    assert PeriodReservation.objects.count() == 1
    assert AmountReservation.objects.count() == 3


def test_the_database_itself_refuses_an_overlap(driver):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time and no exclusion constraint")
    first = take(driver, at(10), at(13))
    twin = PeriodReservation(
        entry=driver, starts_at=at(12), ends_at=at(14), owner="x", purpose="m", label="x"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    PeriodReservation.objects.filter(pk=first.pk).update(state="freed")
    twin.save()
