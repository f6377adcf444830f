"""The whole filing of a two-step form with one piece of 200 kB, by a visitor without account."""

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from bench.context import Browser, Context
from eservices.catalog import services as catalog
from portal.accounts.models import Office
from tests.sample_spec import sample_definition

PERSON = {"last_name": "Abdi", "first_names": "Hawa", "phone": "+25377123456"}
REQUEST = {"copies": "2", "reason": "school"}


def run(ctx: Context) -> None:
    office = Office.objects.get(code="dj-djibouti-central")
    catalog.publish(sample_definition(offices=[office.code]))
    photo = _photo()
    ctx.measure("filing, start to status page", lambda browser: _file(browser, photo), repeat=15)
    start = reverse("filing:start", args=["extrait-test"])
    ctx.measure("filing: start page", lambda browser: browser.get(start), repeat=30)


def _file(browser: Browser, photo: bytes) -> None:
    begin = reverse("filing:start", args=["extrait-test"])
    browser.get(begin)
    step = browser.post(begin)["Location"]
    for answers in (PERSON, REQUEST):
        browser.get(step)
        step = browser.post(step, answers)["Location"]
    browser.get(step)
    upload = SimpleUploadedFile("cni.jpg", photo, content_type="image/jpeg")
    check = browser.post(step, {"id_document": upload, "_continue": "1"})["Location"]
    browser.get(check)
    status = browser.post(check, {"declaration": "1"})["Location"]
    browser.get(status)


def _photo() -> bytes:
    """A JPEG of about 200 kB, as a phone sends after reducing it."""
    stream = io.BytesIO()
    Image.effect_noise((1000, 760), 40).convert("RGB").save(stream, "JPEG", quality=36)
    return stream.getvalue()
