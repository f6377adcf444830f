"""The browser itself works, on a telephone and without JavaScript."""

import pytest

from tests.conftest import DESKTOP, PHONE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_browser_reaches_the_server(new_page, viewport, javascript):
    page = new_page(viewport=viewport, javascript=javascript)
    assert page.goto("/healthz").status == 200
