"""axe, in a real browser, on the gallery and the pages of the account."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Browser

pytestmark = pytest.mark.journey

PUBLIC = ["__dev__/components/", "accounts/login/", "accounts/signup/", "accounts/login/code/"]
PRIVATE = ["accounts/phone/change/", "accounts/2fa/", "accounts/reauthenticate/"]
WIDTHS = (320, 1280)
COLOURS = {"runOnly": ["color-contrast"]}  # all that the dark look changes


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages(browser, live_server, path, scheme):
    is_one_language = path.startswith("__dev__") or scheme == "dark"
    for prefix in [""] if is_one_language else ["", "ar/"]:
        _check(browser, f"{live_server.url}/{prefix}{path}", scheme, cookies=[])


@pytest.mark.parametrize("path", PRIVATE)
def test_private_pages(browser, live_server, path):
    user = get_user_model().objects.create(
        username="ayan", phone="+25377000001", phone_verified=True
    )
    client = Client()
    client.force_login(user)
    cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value}
    for prefix in ("", "ar/"):
        url = f"{live_server.url}/{prefix}{path}"
        _check(browser, url, "light", cookies=[cookie | {"url": live_server.url}])


def _check(browser: Browser, url: str, scheme: str, cookies: list) -> None:
    for width in WIDTHS:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        context.add_cookies(cookies)
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda m, seen=refused: seen.append(m.text) if "Policy" in m.text else 0)
        page.goto(url)
        rules = COLOURS if scheme == "dark" else None
        violations = Axe().run(page, options=rules).response["violations"]
        assert [(found["id"], found["nodes"][0]["target"]) for found in violations] == [], url
        assert refused == [], url
        assert page.evaluate("document.documentElement.scrollWidth") <= width, url
        context.close()
