import hashlib
import io
import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from eservices.attachments import sandbox, services
from eservices.attachments.errors import MESSAGES, UploadRefused
from eservices.attachments.models import Attachment, ScanStatus
from tests.attachments import samples


def refusal(keep, content, **options) -> str:
    with pytest.raises(UploadRefused) as caught:
        keep(content, **options)
    assert len(str(caught.value)) > 30, "the message says the way out"
    assert not Attachment.objects.exists()
    return caught.value.code


def test_pdf_is_kept_as_sent_in_two_queries(keep, django_assert_num_queries):
    content = samples.pdf(3)
    with django_assert_num_queries(2):
        kept = keep(content, name="carte d'identité.pdf")
    kept.refresh_from_db()
    assert kept.file.open().read() == content
    assert (kept.content_type, kept.page_count, kept.size) == ("application/pdf", 3, len(content))
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert kept.scan_status == ScanStatus.NOT_SCANNED
    assert kept.name == "carte d'identité.pdf"
    assert "carte" not in kept.file.name


def test_file_sent_again_is_kept_once(keep):
    """No answer came, so the page was loaded again, which sends the form again."""
    photo = samples.jpeg()
    first = keep(photo, name="cni.jpg")
    assert keep(photo, name="cni.jpg").pk == first.pk
    others = [
        keep(photo, name="cni.jpg", slot="photo"),
        keep(photo, name="verso.jpg"),
        keep(photo, name="cni.jpg", owner="draft:2"),
    ]
    assert Attachment.objects.count() == 1 + len(others)


def test_photo_keeps_its_orientation_and_nothing_else(keep):
    kept = keep(samples.jpeg_with_secrets(), name="IMG_1.JPG")
    stored = kept.file.open().read()
    with Image.open(io.BytesIO(stored)) as image:
        assert image.size == (1200, 900) == (kept.width, kept.height)
        assert not image.getexif()
        assert "comment" not in image.info
    for secret in (b"SecretMaker", b"<script>", samples.EICAR, b"Exif"):
        assert secret not in stored
    assert kept.sha256 == hashlib.sha256(stored).hexdigest()


def test_the_same_photo_sent_twice_has_the_same_digest(keep):
    assert keep(samples.jpeg()).sha256 == keep(samples.jpeg()).sha256


def test_large_photo_is_reduced(keep):
    kept = keep(samples.jpeg(5000, 4000))
    assert max(kept.width, kept.height) == 3000


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
def test_every_kind_of_pixels_becomes_one_that_browsers_show(keep, mode):
    page = samples.picture(700, 700)
    image = Image.new("I;16", (700, 700), 9000) if mode == "I;16" else page.convert(mode)
    if mode == "I;16":
        image.paste(60_000, (100, 100, 500, 500))
    kind = "JPEG" if mode == "CMYK" else "PNG"
    kept = keep(samples.encoded(image, kind))
    with Image.open(kept.file.open()) as shown:
        assert shown.mode in {"L", "RGB"}
        assert len(set(shown.convert("L").resize((40, 40)).tobytes())) > 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(samples.heic(), "heic", id="heic"),
        pytest.param(samples.EICAR, "unsupported", id="eicar"),
        pytest.param(samples.archive(), "unsupported", id="zip"),
        pytest.param(samples.animated_gif(), "unsupported", id="gif"),
        pytest.param(b"<html><script>alert(1)</script>", "unsupported", id="html named jpg"),
        pytest.param(
            b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "unsupported", id="svg"
        ),
        pytest.param(b"<!doctype html>\n" + samples.pdf(), "unsupported", id="html before pdf"),
        pytest.param(b"GIF89a/*" + samples.jpeg(), "unsupported", id="gif-js polyglot"),
        pytest.param(samples.giant_png(), "too_many_pixels", id="50,000 x 50,000"),
        pytest.param(samples.jpeg(7000, 6000), "too_many_pixels", id="42 megapixels"),
        pytest.param(samples.jpeg()[:-2000], "damaged", id="cut jpeg"),
        pytest.param(samples.jpeg()[:40], "damaged", id="head of a jpeg"),
        pytest.param(samples.png()[:-600], "damaged", id="cut png"),
        pytest.param(samples.jpeg(800, 400), "too_small", id="small"),
        pytest.param(
            samples.encoded(Image.new("RGB", (900, 900), (250, 250, 248)), "JPEG"), "blank", id="white"
        ),
        pytest.param(
            samples.encoded(Image.new("RGB", (900, 900)), "PNG"), "blank", id="black"
        ),
    ],
)  # fmt: skip
def test_refused_file_says_why(keep, content, code):
    assert refusal(keep, content, name="photo.jpg") == code


PDF_REFUSALS = [
    (samples.with_script, "active"),
    (samples.with_hidden_launch, "active"),
    (samples.with_additional_actions, "active"),
    (samples.with_xfa, "active"),
    (samples.with_embedded_file, "embedded"),
    (samples.with_file_annotation, "embedded"),
    (samples.with_many_objects, "too_complex"),
]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "in object streams"])
@pytest.mark.parametrize(("change", "code"), PDF_REFUSALS, ids=lambda value: getattr(value, "__name__", value))  # fmt: skip
def test_pdf_that_acts_or_hides_something_is_refused(keep, change, code, packed):
    import pikepdf

    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    assert refusal(keep, samples.pdf_with(change, object_stream_mode=mode)) == code


def test_protected_pdf_is_refused(keep):
    import pikepdf

    for lock in (
        pikepdf.Encryption(owner="a", user="b"),
        pikepdf.Encryption(owner="a", user=""),
    ):
        assert refusal(keep, samples.pdf_with(lambda _: None, encryption=lock)) == "encrypted"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"%PDF-1.7\n", id="only the signature"),
        pytest.param(samples.pdf()[:-200], id="cut"),
        pytest.param(samples.pdf().replace(b"startxref\n", b"startxref\n9"), id="broken table"),
        pytest.param(samples.pdf() + samples.png(), id="image behind"),
        pytest.param(b"%PDF-1.4\n%%EOF\n", id="no object"),
        pytest.param(b"%PDF-1.4\n" + b"[" * 100_000 + b"\n%%EOF", id="nested arrays"),
    ],
)
def test_damaged_pdf_is_refused(keep, content):
    assert refusal(keep, content) == "damaged"


def test_what_is_glued_behind_a_pdf_is_cut_off(keep):
    kept = keep(samples.pdf() + b"<script>alert(1)</script>")
    assert kept.file.open().read().rstrip() == samples.pdf().rstrip()


def test_pages_are_counted(keep):
    assert refusal(keep, samples.pdf(60)) == "too_many_pages"
    assert keep(samples.pdf(60), max_pages=60).page_count == 60


def test_five_thousand_pages_are_refused_quickly(keep):
    content = samples.pdf(5000)
    begun = time.monotonic()
    assert refusal(keep, content) in {"too_many_pages", "too_complex"}
    assert time.monotonic() - begun < 12


def test_bomb_ends_in_a_refusal_and_the_next_file_is_served(keep):
    assert refusal(keep, samples.object_stream_bomb()) in {"damaged", "too_complex"}
    assert keep(samples.pdf()).page_count == 1


def test_checking_process_that_died_is_replaced(keep):
    keep(samples.pdf())
    for process in list(sandbox._running.values()):
        process.kill()
        process.wait()
    assert keep(samples.pdf()).page_count == 1


def test_checking_process_has_no_secret_in_its_environment(keep):
    keep(samples.pdf())
    for process in sandbox._running.values():
        with open(f"/proc/{process.pid}/environ", "rb") as environment:
            names = {item.split(b"=")[0] for item in environment.read().split(b"\0")}
        assert names <= {b"PATH", b"LANG", b""}


def test_size_is_counted_whatever_is_declared(keep):
    class Liar(SimpleUploadedFile):
        @property
        def size(self):
            return 10

        @size.setter
        def size(self, value):
            pass

        def chunks(self, chunk_size=None):
            while True:
                yield bytes(100_000)

    for upload in (Liar("a.pdf", b"%PDF-"), SimpleUploadedFile("a.pdf", bytes(2_000_000))):
        with pytest.raises(UploadRefused) as caught:
            services.store(upload, owner="draft:1", slot="s", accept=["pdf"], max_mb=1)
        assert caught.value.code == "too_large"
        assert "1 " in str(caught.value)


def test_type_that_this_slot_does_not_take(keep):
    with pytest.raises(UploadRefused) as caught:
        keep(samples.png(), accept=["pdf", "jpeg"])
    assert caught.value.code == "not_accepted"
    assert "JPEG, PDF" in str(caught.value)


def test_full_disk_is_said_and_leaves_nothing(keep, monkeypatch, tmp_path):
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.core.storage.os.fsync", full)
    assert refusal(keep, samples.pdf()) == "no_room"
    assert not [path for path in (tmp_path / "private").rglob("*") if path.is_file()]


def test_every_message_can_be_written():
    details = {"max_mb": 5, "pages": 3, "pixels": 600, "accepted": "PDF"}
    for code in [*MESSAGES, "too_large", "too_many_pages"]:
        assert "%(" not in str(UploadRefused(code, **details))
