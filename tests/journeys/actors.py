"""What people do in a browser, in words the journeys can be read by."""

import io
import re
import time
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from PIL import Image

MOST_ROUNDS = 6


def photo(name: str = "piece.jpg") -> dict[str, Any]:
    """A legible photo, as a phone takes it."""
    stream = io.BytesIO()
    Image.effect_noise((1000, 800), 70).convert("RGB").save(stream, "JPEG", quality=70)
    return {"name": name, "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def fill_step(page: Any, answers: dict[str, str]) -> None:
    """Answer one step and continue, as often as new questions appear; fail on an error message."""
    start = page.url
    for _ in range(MOST_ROUNDS):
        page.wait_for_load_state("networkidle")
        for name, value in answers.items():
            answer(page, name, value)
        press_main(page)
        if page.url != start:
            return
        problems = page.locator(".g-error").all_inner_texts()
        assert not problems, f"{page.url}: {problems}"
    raise AssertionError(f"{page.url} does not let go on")


def answer(page: Any, name: str, value: str) -> None:
    """Give `value` to the question `name` if the page asks it."""
    field = page.locator(f'main [name="{name}"]:not([type=hidden])')
    if not field.count() or not field.first.is_enabled():
        return
    kind = field.first.get_attribute("type")
    if kind == "checkbox":
        field.first.check()
    elif kind == "radio":
        page.locator(f'main [name="{name}"][value="{value}"]').check()
    elif field.first.evaluate("field => field.tagName") == "SELECT":
        field.first.select_option(value)
    else:
        field.first.fill(value)


def press_main(page: Any) -> None:
    """Press the page's main button."""
    page.locator("main form button.g-button--primary").first.click()
    page.wait_for_load_state()


def give_pieces(page: Any, *slots: str) -> None:
    for slot in slots:
        page.set_input_files(f'input[name="{slot}"]', photo(f"{slot}.jpg"))
    page.locator('button[name="_continue"]').click()
    page.wait_for_load_state()


def check_and_send(page: Any) -> str:
    """Declare, send, and return the reference of the request."""
    page.check("#declaration")
    press_main(page)
    return reference_on(page)


def reference_on(page: Any) -> str:
    return page.locator("h1 .g-reference").inner_text().strip()


def pay(page: Any, action: str = "accept") -> None:
    """Go to the provider's page from the status page and press `action` there."""
    page.locator('form[action$="/payer/"] button').click()
    page.wait_for_load_state()
    assert "/sandbox/" in page.url, page.url
    if action not in {"accept", "decline"}:
        page.locator("details summary").click()
    page.locator(f'button[name="action"][value="{action}"]').click()
    page.wait_for_load_state()


def sign_in_staff(page: Any, email: str, password: str, door: str = "/agent/") -> None:
    """Sign in with the password, then with the code of the authenticator."""
    page.goto(door)
    page.fill('[name="login"]', email)
    page.fill('[name="password"]', password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.fill('[name="code"]', totp_code(email))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def totp_code(email: str) -> str:
    factor = Authenticator.objects.get(user__email=email, type=Authenticator.Type.TOTP)
    return format_hotp_value(hotp_value(decrypt(factor.data["secret"]), int(time.time()) // 30))


def code_in(text: str) -> str:
    """Return the code of six digits that a message holds."""
    found = re.search(r"\b(\d{6})\b", text)
    assert found, text
    return found[1]
