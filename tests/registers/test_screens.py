"""Registers at the desk: who reads, who writes, what a screen says."""

from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from eservices.registers import services
from eservices.registers.models import RegisterEntry
from tests.people import sign_in


@pytest.fixture
def desk():
    def browser(user):
        client = Client()
        sign_in(client, user)
        return client

    return browser


def url(name, *args):
    return reverse(f"backoffice:{name}", args=args)


@pytest.fixture
def booked(driver, line):
    services.hold_period(
        driver, datetime(2026, 12, 10, tzinfo=UTC), datetime(2026, 12, 13, tzinfo=UTC),
        owner="case:1", purpose="team", label="BF26-AAAA1111-X",
    )  # fmt: skip
    services.hold_amount(line, 400_000, owner="case:1", purpose="credits", label="BF26-AAAA1111-X")
    return line


def test_every_page_of_a_register_answers_its_keeper(desk, keeper, lines, driver, booked):
    browser = desk(keeper)
    for name, args in (
        ("registers", ()), ("register", (lines.code,)), ("register_sheet", (lines.code,)),
        ("register_print", (lines.code,)), ("register_import", (lines.code,)),
        ("register_add", (lines.code,)), ("register_entry", (lines.code, 1)),
        ("register_change", (lines.code, 1)), ("register_entry", (driver.register.code, 1)),
    ):  # fmt: skip
        assert browser.get(url(name, *args)).status_code == 200, name


def test_a_balance_and_a_month_are_shown(desk, keeper, lines, driver, booked):
    browser = desk(keeper)
    page = browser.get(url("register_entry", lines.code, 1)).content.decode()
    assert "600\u202f000" in page
    page = browser.get(
        url("register_entry", driver.register.code, 1), {"month": "2026-12"}
    ).content.decode()
    assert page.count('class="is-taken"') == 3
    assert (
        browser.get(url("register_entry", driver.register.code, 1), {"month": "x"}).status_code
        == 200
    )


def test_a_reader_finds_no_pen_and_a_stranger_no_register(desk, reader, lines, line):
    browser = desk(reader)
    assert browser.get(url("register", lines.code)).status_code == 404
    lines.doors.create(office=reader.office_memberships.get().office, role="")
    page = browser.get(url("register_entry", lines.code, 1))
    assert page.status_code == 200
    for name, args in (
        ("register_add", (lines.code,)),
        ("register_change", (lines.code, 1)),
        ("register_import", (lines.code,)),
    ):
        assert url(name, *args) not in page.content.decode()
        assert browser.get(url(name, *args)).status_code == 404
        assert browser.post(url(name, *args)).status_code == 404
    assert browser.post(url("register_entry", lines.code, 1), {"reason": "x"}).status_code == 404


def test_a_line_is_written_changed_and_closed_in_the_browser(desk, keeper, lines):
    browser = desk(keeper)
    page = browser.post(url("register_add", lines.code), {"code": "A1", "name": "Un", "credit": ""})
    assert page.status_code == 422
    assert 'value="A1"' in page.content.decode()
    typed = {"code": "A1", "name": "Un", "credit": "5 000"}
    assert browser.post(url("register_add", lines.code), typed).status_code == 302
    twice = browser.post(url("register_add", lines.code), typed)
    assert twice.status_code == 422
    change = url("register_change", lines.code, 1)
    changed = {**typed, "name": "Deux", "_revision": "1", "_reason": "Erreur de nom"}
    assert browser.post(change, changed).status_code == 302
    assert browser.post(change, {**changed, "name": "Trois"}).status_code == 409
    entry = url("register_entry", lines.code, 1)
    assert browser.post(entry, {"reason": ""}).status_code == 422
    assert browser.post(entry, {"reason": "Double"}).status_code == 302
    text = browser.get(entry).content.decode()
    for word in ("Erreur de nom", "Double", "<del>", "Deux"):
        assert word in text
    assert "A1" not in browser.get(url("register", lines.code)).content.decode()


def test_a_sheet_goes_out_and_comes_in_again(desk, keeper, lines, line):
    browser = desk(keeper)
    out = browser.get(url("register_sheet", lines.code)).content
    send = lambda content, **more: browser.post(  # noqa: E731
        url("register_import", lines.code),
        {"sheet": SimpleUploadedFile("l.csv", content, content_type="text/csv"), **more},
    )
    assert "Inchangée" in send(out).content.decode()
    more = out + b"9-9;Neuve;10;\r\n"
    assert "essai" in send(more, try_first="on").content.decode()
    assert RegisterEntry.objects.count() == 1
    assert send(more).status_code == 200
    assert RegisterEntry.objects.get(key="9-9").credit == 10
    assert send(b"nonsense").status_code == 422
    assert browser.post(url("register_import", lines.code)).status_code == 422


def test_the_list_costs_the_same_for_one_line_or_fifty(
    desk, keeper, lines, django_assert_max_num_queries
):
    for number in range(55):
        services.add_entry(lines, {"code": f"L{number}", "name": "N", "credit": 1}, actor=None)
    browser = desk(keeper)
    with django_assert_max_num_queries(14):
        page = browser.get(url("register", lines.code))
    assert "page=2" in page.content.decode()
    found = browser.get(url("register", lines.code), {"q": "l54"}).content.decode()
    assert "L54" in found
    assert "L53" not in found
