"""Registers: typed lines with a history, kept by some, read by others, filled from sheets."""

import pytest
from django.db import IntegrityError, transaction

from eservices.registers import definitions, services
from eservices.registers.errors import EntryRefused, NotKeeper, StaleEntry
from eservices.registers.models import Register, RegisterEntry
from portal.core.errors import BadConfiguration
from tests.registers.conftest import DRIVERS, LINES


def test_a_line_keeps_all_it_ever_said(line, keeper):
    services.change_entry(
        line, {**line.values, "credit": 2_000_000}, actor=keeper, revision=1, reason="Rallonge"
    )
    services.close_entry(RegisterEntry.objects.get(), actor=keeper, reason="Fin d'exercice")
    entry = RegisterEntry.objects.get()
    assert (entry.label, entry.credit, entry.revision) == ("21-6 Missions", 2_000_000, 3)
    assert [
        (one.action, one.values["credit"], one.reason) for one in entry.revisions.order_by("number")
    ] == [
        ("added", 1_000_000, ""),
        ("changed", 2_000_000, "Rallonge"),
        ("closed", 2_000_000, "Fin d'exercice"),
    ]
    with pytest.raises(EntryRefused, match=r"clos|fermée"):
        services.change_entry(entry, {**line.values, "name": "X"}, actor=keeper)
    services.reopen_entry(entry, actor=keeper, reason="Erreur")
    assert RegisterEntry.objects.get().is_open


def test_of_two_keepers_the_second_sees_the_first(line, keeper):
    services.change_entry(line, {**line.values, "name": "Un"}, actor=keeper, revision=1)
    with pytest.raises(StaleEntry):
        services.change_entry(line, {**line.values, "name": "Deux"}, actor=keeper, revision=1)


def test_a_reader_writes_nothing_and_a_stranger_sees_nothing(lines, line, reader, keeper):
    assert list(Register.objects.for_agent(reader)) == []
    lines.doors.create(office=reader.office_memberships.get().office, role="")
    assert list(Register.objects.for_agent(reader)) == [lines]
    assert list(Register.objects.kept_by(reader)) == []
    for attempt in (
        lambda: services.add_entry(lines, line.values, actor=reader),
        lambda: services.change_entry(line, line.values, actor=reader),
        lambda: services.close_entry(line, actor=reader, reason="x"),
        lambda: services.import_sheet(lines, b"Imputation\nx", actor=reader, dry_run=True),
    ):
        with pytest.raises(NotKeeper):
            attempt()


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"code": "1", "name": "N"}, "credit"),
        ({"code": "1", "name": "N", "credit": "beaucoup"}, "credit"),
        ({"code": "21-6", "name": "N", "credit": 5}, "code"),
        ({"code": "1", "name": "N", "credit": 5, "opened": "2026-02-31"}, "opened"),
    ],
)
def test_wrong_values_are_told_by_column(lines, line, keeper, values, column):
    with pytest.raises(EntryRefused) as caught:
        services.add_entry(lines, values, actor=keeper)
    assert list(caught.value.details["faults"]) == [column]
    assert RegisterEntry.objects.count() == 1


def test_the_credit_never_falls_below_what_is_reserved(line, keeper):
    services.hold_amount(line, 700_000, owner="case:1", purpose="credits", label="BF1")
    with pytest.raises(EntryRefused, match="700"):
        services.change_entry(line, {**line.values, "credit": 600_000}, actor=keeper)
    with pytest.raises(IntegrityError), transaction.atomic():
        RegisterEntry.objects.update(credit=600_000)


def test_a_sheet_is_taken_line_by_line(lines, line, keeper):
    sheet = (
        "Imputation;Intitulé;Crédit;Ouverte le\n"
        "21-6;Missions;1500000;01/02/2026\n"
        "22-1;Véhicules;300 000;\n"
        "23-1;Carburant;beaucoup;\n"
        "24-1;;5000;\n"
        "22-1;Véhicules;300 000;\n"
    ).encode("cp1252")
    tried = services.import_sheet(lines, sheet, actor=keeper, dry_run=True)
    assert RegisterEntry.objects.count() == 1
    report = services.import_sheet(lines, sheet, actor=keeper, dry_run=False)
    assert [one.state for one in tried] == [one.state for one in report]
    assert [(one.number, one.state) for one in report] == [
        (2, "changed"), (3, "added"), (4, "refused"), (5, "refused"), (6, "same"),
    ]  # fmt: skip
    assert "Crédit" in report[2].problems[0]
    assert RegisterEntry.objects.get(key="21-6").values["opened"] == "2026-02-01"
    assert RegisterEntry.objects.get(key="22-1").credit == 300_000


def test_a_sheet_names_options_by_their_label(drivers, keeper):
    sheet = b"number,name,category\nM1,Awa,Cadre\nM2,Ali,E\nM3,Zo,Z\n"
    report = services.import_sheet(drivers, sheet, actor=keeper, dry_run=False)
    assert [one.state for one in report] == ["added", "added", "refused"]
    assert [one.values["category"] for one in drivers.entries.all()] == ["A", "E"]


@pytest.mark.parametrize("content", [b"", b"a;b\n1;2\n", b"Nom\nx\n", b"\xff\xfe\x00"])
def test_what_is_no_sheet_of_the_register_is_refused_whole(drivers, keeper, content):
    with pytest.raises(EntryRefused):
        services.import_sheet(drivers, content, actor=keeper, dry_run=False)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"key": "nothing"}, "key: there is no column"),
        ({"balance": "name"}, "balance:"),
        ({"columns": [{"key": "a", "type": "mystery", "label": "A"}]}, "type"),
        ({"doors": [{"office": "nowhere"}]}, "doors: there is no office 'nowhere'"),
        ({"doors": [{"role": "agent"}]}, "doors[0]"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_faulty_definition_is_refused_with_its_faults(db, change, fault):
    with pytest.raises(BadConfiguration) as caught:
        services.save_register({**LINES, **change})
    assert any(fault in one for one in caught.value.details["errors"])


def test_every_type_of_column_may_be_printed(drivers, driver):
    assert definitions.faults(DRIVERS) == []
    assert definitions.texts(drivers, driver.values, "fr")["category"] == "Chauffeur"
    assert definitions.sheet_row(driver) == ["M100", "Salif Traoré", "E"]
