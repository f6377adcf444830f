"""Many arrivals of the same thing at the same instant, on PostgreSQL: it happened once."""

import pytest
from django.db import connection
from django.urls import reverse

from eservices.attachments import uploads
from eservices.attachments.models import Attachment, Upload
from eservices.cases.models import Case
from eservices.filing import services
from eservices.filing.models import Draft
from tests.attachments import samples
from tests.backoffice.test_races import together
from tests.factories import EServiceVersionFactory
from tests.filing.test_saving import save
from tests.filing.test_way import fill, send, start

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
TIMES = 6


@pytest.fixture(autouse=True)
def _only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL only")


@pytest.fixture
def version():
    return EServiceVersionFactory()


def same_person(client):
    """A browser of its own for each thread, with the cookies of the first."""
    browser = type(client)()
    browser.cookies = client.cookies
    return browser


def test_sent_six_times_at_once_is_one_case(client, version, photo):
    draft = fill(client, photo)
    browsers = [same_person(client) for _ in range(TIMES)]
    answers = together(*(lambda one=one: send(one, draft) for one in browsers))
    case = Case.objects.get()
    url = reverse("tracking:case", args=[case.reference])
    assert {answer.url for answer in answers} == {url}
    assert Attachment.objects.filter(owner_key=f"case:{case.access_key}").count() == 1


def test_answers_saved_at_once_from_several_windows_are_all_there(client, version):
    draft = start(client)
    fields = {"last_name": "Abdi", "first_names": "Hawa", "phone": "77 12 34 56"}
    jobs = [
        lambda name=name, value=value: save(
            same_person(client), draft, 1, tab=f"window-{len(name)}", **{name: value}
        )
        for name, value in fields.items()
    ]
    together(*jobs)
    draft.refresh_from_db()
    assert draft.answers == fields | {"phone": "+25377123456"}


def test_same_part_arriving_twice_at_once_counts_once(client, version):
    whole = samples.jpeg()
    draft = start(client)
    upload = uploads.create(
        owner=services.attachment_owner(draft), slot="id_document", name="a.jpg",
        length=len(whole), accept=["jpeg"], max_mb=5,
    )  # fmt: skip

    class Source:
        def __init__(self):
            self.left = [whole]

        def read(self, size):
            return self.left.pop() if self.left else b""

    def arrive():
        try:
            return uploads.append(upload, Source(), offset=0, checksum=None).offset
        except uploads.OffsetMismatch:
            return "conflict"

    assert sorted(map(str, together(*[arrive] * TIMES))) == sorted(
        [str(len(whole))] + ["conflict"] * (TIMES - 1)
    )
    fresh = Upload.objects.get()
    together(*[lambda: uploads.finish(Upload.objects.get())] * 3)
    assert Attachment.objects.count() == 1
    assert fresh.offset == len(whole)


def test_last_place_is_given_once(client, photo):
    EServiceVersionFactory(quota=1)
    aside = []
    for _ in range(3):  # `fill` finds the only draft there is
        fill(client, photo)
        aside.append(Draft.objects.get())
        Draft.objects.all().delete()
    for draft in aside:
        draft.save(force_insert=True)
    answers = together(*(lambda one=one: send(same_person(client), one) for one in aside))
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409]
    assert Case.objects.count() == 1
