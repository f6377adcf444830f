"""A country gives the portal its own face, and everything stays readable."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from portal.core import branding, colours
from portal.core.models import Brand
from tests.people import make_administrator, make_editor, sign_in

FACE = {
    "name_fr": "e-Djibouti",
    "name_ar": "جيبوتي الرقمية",
    "tagline_fr": "L'administration chez vous",
    "colour": "#0b6b3a",
    "accent": "#e8112d",
    "letters": "serif",
    "corners": "square",
}


def tokens(css: str, selector: str) -> dict[str, colours.Colour]:
    block = css.split(selector + "{", 1)[1].split("}", 1)[0]
    pairs = (rule.split(":", 1) for rule in block.split(";") if ":#" in rule)
    return {name: colours.parse(value) for name, value in pairs}


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_whatever_the_colour_every_text_is_readable(colour):
    css = branding.stylesheet(Brand(colour=colours.to_hex(colour), accent="#f4b63f"))
    light, dark = tokens(css, ":root"), tokens(css, ':root[data-theme="dark"]')
    white, page = colours.WHITE, colours.parse("#f6f5f1")
    on_brand = light["--g-on-brand"]
    pairs = [
        (on_brand, light["--g-brand"]),
        (on_brand, light["--g-brand-strong"]),
        (on_brand, light["--g-header"]),
        (light["--g-header-soft"], light["--g-header"]),
        (light["--g-header-soft"], light["--g-brand"]),
        (light["--g-link"], page),
        (light["--g-link"], white),
        (light["--g-on-accent"], light["--g-accent"]),
        (dark["--g-link"], colours.parse("#1a1d2b")),
        (on_brand, dark["--g-header"]),
        (on_brand, dark["--g-button"]),
        (dark["--g-header-soft"], dark["--g-header"]),
    ]
    assert [pair for pair in pairs if colours.contrast(*pair) < 4.5] == []


@pytest.fixture
def administrator(client, db):
    sign_in(client, make_administrator())
    return client


@pytest.mark.django_db
def test_the_administrator_gives_the_portal_its_face_and_takes_it_back(administrator):
    visitor = Client()
    out = io.BytesIO()
    Image.new("RGB", (900, 900), "green").save(out, "PNG")
    crest = SimpleUploadedFile("crest.png", out.getvalue(), "image/png")
    answer = administrator.post(reverse("brand"), FACE | {"new_crest": crest})
    assert answer.status_code == 302, answer.context["form"].errors

    look = branding.current()
    html = visitor.get("/accounts/login/").content.decode()
    for expected in ("e-Djibouti", "L&#x27;administration chez vous", look.css_url, look.crest_url):
        assert expected in html
    assert "جيبوتي الرقمية" in visitor.get("/ar/accounts/login/").content.decode()

    css = visitor.get(look.css_url)
    assert css["Content-Type"].startswith("text/css")
    assert "immutable" in css["Cache-Control"]
    assert "--g-brand:#0b6b3a;" in css.content.decode()
    with Image.open(io.BytesIO(visitor.get(look.crest_url).content)) as image:
        assert image.height <= 144
    assert "immutable" not in visitor.get("/marque/older.css")["Cache-Control"]

    administrator.post(reverse("brand"), {"reset": "1"})
    assert branding.current() == branding.Look()
    assert "marque" not in visitor.get("/accounts/login/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name_fr": ""}, "name_fr"),
        ({"colour": "vert"}, "colour"),
        ({"new_crest": SimpleUploadedFile("x.svg", b"<svg onload=alert(1)>")}, "new_crest"),
        ({"letters": "gothic"}, "letters"),
    ],
)
def test_a_bad_face_is_refused_with_its_field_and_nothing_is_lost(administrator, change, field):
    answer = administrator.post(reverse("brand"), FACE | change)
    assert list(answer.context["form"].errors) == [field]
    assert "جيبوتي الرقمية" in answer.content.decode()
    assert not Brand.objects.exists()


@pytest.mark.django_db
def test_editors_cannot_change_the_face(client):
    sign_in(client, make_editor())
    assert client.get(reverse("brand")).status_code in {302, 403}
    client.post(reverse("brand"), FACE)
    assert not Brand.objects.exists()
