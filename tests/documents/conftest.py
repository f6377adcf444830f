from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache

from eservices.documents import services
from eservices.documents.models import IssuedDocument
from portal.accounts.models import Office
from portal.core.models import WorkCalendar
from tests.documents import samples
from tests.private_files import private_folder  # noqa: F401

Issue = Callable[..., IssuedDocument]


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def office(db) -> Office:
    calendar = WorkCalendar.objects.get_or_create(code="dj-test", defaults={"name": "Djibouti"})[0]
    return Office.objects.get_or_create(
        code="dj-etat-civil",
        defaults={
            "name": {"fr": "État civil central", "ar": "الحالة المدنية المركزية"},
            "country": "DJ",
            "time_zone": "Africa/Djibouti",
            "calendar": calendar,
        },
    )[0]


@pytest.fixture
def request_for(office) -> Callable[..., dict[str, Any]]:
    return lambda **changes: samples.request(office, **changes)


@pytest.fixture
def issue(request_for) -> Issue:
    return lambda **changes: services.issue(**request_for(owner="case:1", **changes))
