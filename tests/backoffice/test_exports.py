"""Files for spreadsheets: made by the worker, private, in three formats, gone after three days."""

import csv
import io
import os
import zipfile
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from eservices.backoffice import jobs, sheets
from eservices.backoffice.models import Export, ExportStatus, FiguresPlan, Rhythm
from eservices.backoffice.services import exports
from portal.notifications.models import Delivery
from tests.factories import AgentFactory, CaseFactory

EXPORTS = "backoffice:exports"


def fetched(browser, export):
    answer = browser.get(reverse("backoffice:export_file", args=[export.key]))
    return b"".join(answer.streaming_content)


def read(content, kind):
    if kind == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    if kind == "xlsx":
        return [list(row) for row in load_workbook(io.BytesIO(content)).active.values]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.namelist()[0] == "mimetype"
    table = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
    rows = ElementTree.fromstring(archive.read("content.xml")).iter(f"{table}table-row")
    return [["".join(cell.itertext()) for cell in row.iter(f"{table}table-cell")] for row in rows]


@pytest.mark.parametrize("kind", ["csv", "xlsx", "ods"])
def test_list_is_made_by_the_worker_without_names(office, agent, desk, kind):
    mine = CaseFactory(office=office)
    CaseFactory(office=office, granted=True)
    CaseFactory()
    browser = desk(agent)
    browser.post(reverse(EXPORTS), {"content": "cases", "format": kind, "query": ""})
    export = Export.objects.get()
    jobs.make_export(export.pk)
    jobs.make_export(export.pk)
    export.refresh_from_db()
    assert (export.status, export.done, export.total) == ("ready", 1, 1)
    rows = read(fetched(browser, export), kind)
    assert [row[0] for row in rows[1:]] == [mine.reference]
    assert mine.applicant_name not in str(rows)
    assert desk(AgentFactory(office=office)).get(
        reverse("backoffice:export_file", args=[export.key])
    ).status_code == 404  # fmt: skip


def test_sheets_hold_dates_widths_and_read_from_the_right_in_arabic():
    at = datetime(2026, 11, 22, 9, 30)  # noqa: DTZ001 - a cell has no time zone
    sheet = sheets.Sheet(
        "Feuille", ["Numéro", "Déposée"], [["DJ26-AJVKBGNV-Q", at], ["=1+1", None]]
    )
    with translation.override("ar"):
        xlsx, ods = io.BytesIO(), io.BytesIO()
        sheets.write(xlsx, "xlsx", [sheet])
        sheets.write(ods, "ods", [sheet])
    page = load_workbook(xlsx).active
    assert (page["B2"].value, page["B2"].number_format) == (at, "dd/mm/yyyy hh:mm")
    assert page.column_dimensions["A"].width >= len("DJ26-AJVKBGNV-Q")
    assert page.sheet_view.rightToLeft
    assert page["A3"].value == "'=1+1"
    content = zipfile.ZipFile(ods).read("content.xml").decode()
    ElementTree.fromstring(content)
    assert 'office:date-value="2026-11-22T09:30:00"' in content
    assert 'table:style-name="rtl"' in content


def test_file_is_gone_after_three_days(office, agent, desk):
    export = exports.order(owner=agent, content="figures", format="ods")
    jobs.make_export(export.pk)
    Export.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    name = Export.objects.get().file
    left = storages["private"].save("exports/left.ods", ContentFile(b"half"))  # by a killed worker
    os.utime(storages["private"].path(left), (0, 0))
    assert storages["private"].exists(name)
    assert exports.purge() == 1
    assert not storages["private"].exists(name)
    assert not storages["private"].exists(left)
    assert Export.objects.get().status == ExportStatus.EXPIRED
    url = reverse("backoffice:export_file", args=[export.key])
    told = desk(agent).get(url, follow=True)
    assert told.redirect_chain == [(reverse(EXPORTS), 302)]
    assert "n’est plus gardé" in told.content.decode()
    assert desk(AgentFactory(office=office)).get(url).status_code == 404


def test_three_files_at_a_time_and_a_failed_one_is_told(agent, desk, monkeypatch):
    browser = desk(agent)
    for _ in range(4):
        browser.post(reverse(EXPORTS), {"content": "figures", "format": "csv"})
    browser.post(reverse(EXPORTS), {"content": "figures", "format": "exe"})
    assert Export.objects.count() == 3
    monkeypatch.setattr(sheets, "write", lambda *args: 1 / 0)
    jobs.make_export(Export.objects.first().pk)
    assert Export.objects.first().status == ExportStatus.FAILED
    assert browser.get(reverse(EXPORTS)).status_code == 200


def test_figures_come_by_mail_once_for_each_week(chief, agent, desk):
    browser = desk(chief)
    plan = {"rhythm": "weekly", "format": "xlsx"}
    assert desk(agent).post(reverse("backoffice:figures_plan"), plan).status_code == 404
    browser.post(reverse("backoffice:figures_plan"), plan)
    assert [jobs.order_planned_figures(), jobs.order_planned_figures()] == [1, 0]
    export = Export.objects.get()
    jobs.make_export(export.pk)
    mail = Delivery.objects.get(kind="desk.figures_ready")
    assert (mail.to, chief.email) == (chief.email, mail.to)
    assert len(load_workbook(io.BytesIO(fetched(browser, export))).sheetnames) >= 4
    browser.post(reverse("backoffice:figures_plan"), {"rhythm": ""})
    assert not FiguresPlan.objects.exists()


def test_file_that_a_killed_worker_abandoned_is_made_again_and_given_up_in_the_end(agent):
    export = exports.order(owner=agent, content="cases", format="csv", query="mail=1")
    for attempt in range(exports.MOST_ATTEMPTS):
        exports.begin(export.pk)  # and its worker is killed
        assert exports.resume() == 0
        with time_machine.travel(timezone.now() + exports.LONGEST * 2):
            assert exports.resume() == (attempt < exports.MOST_ATTEMPTS - 1)
    assert Export.objects.get().status == ExportStatus.FAILED
    Export.objects.update(status=ExportStatus.WAITING, attempts=1)
    storages["private"].save(f"exports/{export.key}.csv", ContentFile(b"half"))
    jobs.make_export(export.pk)
    export.refresh_from_db()
    assert storages["private"].size(export.file) == export.size > 4
    assert export.file == f"exports/{export.key}.csv"
    assert Delivery.objects.filter(kind="desk.figures_ready").count() == 1


def test_planned_periods_are_whole_weeks_and_months():
    sunday, monday = date(2026, 11, 22), date(2026, 11, 23)
    assert jobs.last_period(Rhythm.WEEKLY, sunday) == (date(2026, 11, 9), date(2026, 11, 15))
    assert jobs.last_period(Rhythm.WEEKLY, monday) == (date(2026, 11, 16), sunday)
    assert jobs.last_period(Rhythm.MONTHLY, date(2026, 3, 1)) == (
        date(2026, 2, 1),
        date(2026, 2, 28),
    )
