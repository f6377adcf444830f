import os
import time
from urllib.parse import quote

import pytest

from eservices.attachments import jobs, services
from eservices.attachments.models import Attachment
from tests.attachments import samples


def test_files_change_owner_in_one_query(keep, django_assert_num_queries):
    keep(samples.pdf())
    keep(samples.pdf(2))
    with django_assert_num_queries(1):
        assert services.move("draft:1", "case:1") == 2
    assert services.for_owner("case:1").count() == 2
    assert not services.for_owner("draft:1").exists()


@pytest.mark.parametrize("inline", [True, False])
def test_file_is_served_with_headers_that_defuse_it(keep, inline):
    answer = services.serve(keep(samples.jpeg(), name='é";\r\nx.jpg'), inline=inline)
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    assert quote("é'; x.jpg", safe="") in answer["Content-Disposition"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


def test_removed_file_goes_with_the_sweep_and_young_ones_stay(keep, private_folder):
    gone, kept = keep(samples.pdf()), keep(samples.pdf(2))
    services.remove(gone)
    young = private_folder / "attachments" / "ab" / "orphan"
    young.parent.mkdir(parents=True, exist_ok=True)
    young.write_bytes(b"x")
    yesterday = time.time() - 2 * 24 * 3600
    for name in (gone.file.name, kept.file.name):
        os.utime(private_folder / name, (yesterday, yesterday))
    assert jobs.sweep() == {"removed": 1, "missing": 0}
    assert not (private_folder / gone.file.name).exists()
    assert (private_folder / kept.file.name).exists()
    assert young.exists()


def test_sweep_reports_a_row_whose_file_is_gone(keep, private_folder, caplog):
    kept = keep(samples.pdf())
    (private_folder / kept.file.name).unlink()
    assert jobs.sweep() == {"removed": 0, "missing": 1}
    assert kept.file.name in caplog.text
    assert Attachment.objects.count() == 1


def test_sweep_of_an_empty_store(db):
    assert jobs.sweep() == {"removed": 0, "missing": 0}
