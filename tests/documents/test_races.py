from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections, connection

from eservices.documents import services
from eservices.documents.models import IssuedDocument

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="real row locks"),
]


def at_once(work, count: int) -> list:
    def run(index: int):
        try:
            return work(index)
        except Exception as exc:  # noqa: BLE001 - counted by the test
            return exc
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(run, range(count)))


def test_numbers_have_neither_gap_nor_duplicate(request_for, monkeypatch):
    asked = request_for()
    draw = services.rendering.render

    def sometimes_fails(sheet):
        if sheet.data["turn"] % 5 == 3:
            raise RuntimeError("the drawing failed")
        return draw(sheet)

    monkeypatch.setattr("eservices.documents.services.rendering.render", sometimes_fails)
    results = at_once(
        lambda turn: services.issue(
            **(asked | {"data": {**asked["data"], "turn": turn}}), owner=f"case:{turn}"
        ),
        40,
    )
    failed = [result for result in results if isinstance(result, Exception)]
    assert len(failed) == 8
    numbers = sorted(IssuedDocument.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 33))


def test_one_job_run_by_many_workers_issues_once(request_for):
    asked = request_for()
    results = at_once(lambda _: services.issue(**asked, owner="case:1", key="case:1:act"), 16)
    assert len({document.pk for document in results}) == 1
    assert IssuedDocument.objects.get().number.endswith("000001")


def test_document_is_cancelled_once(request_for):
    document = services.issue(**request_for(), owner="case:1")
    results = at_once(
        lambda index: services.revoke(
            IssuedDocument.objects.get(pk=document.pk), f"reason {index}", "chief"
        ),
        16,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
