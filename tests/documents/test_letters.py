"""Documents that an administrator writes: blocks, conditions, answers; nothing typed is a mark."""

import io
import string

import pikepdf
import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, UnidentifiedImageError

from eservices.documents import letters
from eservices.documents.models import OfficeStamp
from portal.accounts.models import Office
from portal.core.pictures import small_png
from tests.documents.samples import read
from tests.documents.test_rendering import draw
from tests.factories import OfficeFactory

BODY = [
    {"kind": "heading", "text": {"fr": "Le maire de {town}", "ar": "عمدة {town}"}},
    {"text": {"fr": "certifie que **{name}** réside *depuis {year}*.", "ar": "يشهد أن **{name}** مقيم."}},
    {"text": {"fr": "Marié."}, "show_if": {"eq": [{"var": "married"}, True]}},
    {"kind": "facts", "text": {"fr": "Né le | {born}\nProfession | {job}"}},
    {"kind": "table", "rows": "children", "text": {"fr": "Enfant | Âge\n{first} | {age}"}},
    {"kind": "list", "text": {"fr": "- {town}\n- **Mairie**"}},
    {"kind": "box", "text": {"fr": "VALABLE UN AN"}},
    {"kind": "space"},
]  # fmt: skip
TEXTS = {"town": "Ouidah", "name": "ADJOVI *Sena*", "year": "2019", "born": "2 mai 1990"}
ROWS = {"children": [{"first": "Awa", "age": "4"}, {"first": "Koffi | x", "age": "7"}]}


def made(languages=("fr",), **scope):
    return letters.blocks(BODY, texts=TEXTS, rows=ROWS, scope=scope, languages=languages)


def test_a_letter_says_its_answers_rows_and_conditions():
    text = read(draw({"blocks": made(married=True)}, body="letter"))
    for part in ("Le maire de Ouidah", "ADJOVI *Sena* réside depuis 2019", "Marié.", "2 mai 1990",
                 "Profession —", "Enfant Âge", "Awa 4", "Koffi | x 7", "VALABLE UN AN"):  # fmt: skip
        assert part in text, part
    assert "Marié." not in read(draw({"blocks": made(married=False)}, body="letter"))


def test_each_language_says_answers_its_own_way_and_a_blank_cell_is_closed():
    said = ({**TEXTS, "year": "مارس 2019"}, {"children": [{"first": "آوا", "age": ""}]})
    body = [
        BODY[1] | {"text": "{name} {year}"},
        BODY[4] | {"text": "Enfant | Âge\n{first} | {age}"},
    ]
    drawn = letters.blocks(
        body, texts=TEXTS, rows=ROWS, scope={}, languages=["fr", "ar"], others={"ar": said}
    )
    french, arabic = drawn[0]["said"]
    assert french["items"][0][0][0][1].endswith("2019")
    assert arabic["items"][0][0][0][1].endswith("مارس 2019")
    assert "—" in read(draw({"blocks": drawn}, body="letter"))


def test_groups_of_figures_keep_their_order_between_arabic_words():
    """Each group is a word of its own: unless kept together, they are set from the right."""
    body = [{"text": {"ar": "الهاتف {phone}."}}]
    drawn = letters.blocks(
        body, texts={"phone": "+253 77 11 22 33"}, rows={}, scope={}, languages=["ar"]
    )
    places = _places(draw({"blocks": drawn}, body="letter", language="ar"), ("253", "33"))
    assert places["253"] < places["33"]


def test_two_languages_stand_side_by_side():
    text = read(draw({"blocks": made(languages=["fr", "ar"])}, body="letter"))
    assert "Le maire de Ouidah" in text
    assert any("\u0600" <= sign <= "\u06ff" or "\ufe70" <= sign <= "\ufeff" for sign in text)


@pytest.mark.parametrize("lines", [24, 26, 28])
def test_a_signature_never_stands_alone_on_a_page(lines):
    """The last words go over with it, in both languages."""
    body = [{"text": {"fr": f"Ligne {at}.", "ar": f"سطر {at}."}} for at in range(lines)]
    drawn = letters.blocks(body, texts={}, rows={}, scope={}, languages=["fr", "ar"])
    with pypdfium2.PdfDocument(draw({"blocks": drawn}, body="letter")) as pdf:
        last = pdf[len(pdf) - 1].get_textpage().get_text_range()
    assert f"Ligne {lines - 1}." in last


@given(st.text(alphabet=string.printable + "éع*|{}\n", max_size=60))
def test_what_a_citizen_typed_is_never_a_mark(typed):
    [block] = letters.blocks(
        [{"text": "Nom : {name}."}], texts={"name": typed}, rows={}, scope={}, languages=["fr"]
    )
    assert block["said"][0]["items"] == [[[["", f"Nom : {typed}.", ""]]]]


def test_names_of_answers_and_faults_are_told():
    assert letters.placeholders(BODY) == {"town", "name", "year", "born", "job", "first", "age"}
    assert letters.faults(BODY) == []
    assert letters.faults([{"kind": "video"}, "x"]) == [
        f"body[0].kind: one of {', '.join(letters.KINDS)}",
        "body[1]: a block has named entries",
    ]


def test_the_stamp_of_the_office_is_on_the_document_and_not_on_its_preview(
    issue, request_for, office
):
    stream = io.BytesIO()
    Image.new("RGBA", (300, 300), (180, 20, 20, 120)).save(stream, "PNG")
    upload = SimpleUploadedFile("cachet.png", stream.getvalue())
    picture = small_png(upload, width=600, height=600)
    plain = _pictures(issue().file.open("rb").read())
    OfficeStamp.objects.create(office=office, image=picture)
    assert _pictures(issue().file.open("rb").read()) == plain + 2  # the picture and its mask


def test_the_crest_is_that_of_the_nearest_office_above(issue, request_for, office):
    ministry, hall = OfficeFactory(), OfficeFactory()
    Office.objects.filter(pk=hall.pk).update(parent=ministry)
    Office.objects.filter(pk=office.pk).update(parent=hall)
    office.refresh_from_db()
    stream = io.BytesIO()
    Image.new("RGB", (30, 30), (20, 20, 180)).save(stream, "PNG")
    plain = _pictures(issue().file.open("rb").read())
    far = OfficeStamp.objects.create(office=ministry, crest=stream.getvalue())
    assert _pictures(issue().file.open("rb").read()) == plain + 1
    near = OfficeStamp.objects.create(office=hall, crest=b"not a picture")
    with pytest.raises(UnidentifiedImageError):
        issue()
    near.delete()
    far.delete()
    assert _pictures(issue().file.open("rb").read()) == plain


def _places(pdf: bytes, words: tuple[str, ...]) -> dict[str, float]:
    """Return how far from the left edge each of these words stands on the first page."""
    page = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    found = {}
    for word in words:
        at, _count = page.search(word).get_next()
        found[word] = page.get_charbox(at)[0]
    return found


def _pictures(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return sum(
            isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image"
            for thing in document.objects
        )
