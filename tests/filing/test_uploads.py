"""Files sent piece by piece: the tus protocol held to its words, and what a cut leaves."""

import base64
import hashlib
import io

import pytest
from django.urls import reverse
from PIL import ImageFilter

from eservices.attachments import uploads
from eservices.attachments.models import Attachment, Upload
from tests.attachments import samples
from tests.filing.test_way import start

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


@pytest.fixture
def draft(client, version):
    return start(client)


@pytest.fixture
def whole():
    return samples.jpeg()


def b64(text):
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def create(client, draft, length, slot="id_document", headers=None):
    about = f"slot {b64(slot)},filename {b64('cni.jpg')}"
    given = TUS | {"Upload-Length": str(length), "Upload-Metadata": about} | (headers or {})
    return client.post(reverse("filing:uploads", args=[draft.pk]), headers=given)


def patch(client, url, offset, data, **headers):
    given = TUS | {"Upload-Offset": str(offset)} | headers
    return client.patch(url, data, content_type=PIECE, headers=given)


def offset_at(client, url):
    return int(client.head(url, headers=TUS)["Upload-Offset"])


def test_options_tell_what_is_spoken(client, draft):
    response = client.options(reverse("filing:uploads", args=[draft.pk]))
    assert response.status_code == 204
    assert response["Tus-Version"] == "1.0.0"
    assert set(response["Tus-Extension"].split(",")) >= {"creation", "checksum", "expiration"}
    assert "sha1" in response["Tus-Checksum-Algorithm"]
    assert int(response["Tus-Max-Size"]) > 0


def test_file_in_three_pieces_is_kept_once_with_its_fingerprint(client, draft, whole):
    url = create(client, draft, len(whole))["Location"]
    for begin in range(0, len(whole), 5000):
        response = patch(client, url, begin, whole[begin : begin + 5000])
        assert response.status_code == 204
        assert int(response["Upload-Offset"]) == min(begin + 5000, len(whole))
        assert response["Upload-Expires"].endswith("GMT")
    head = client.head(url, headers=TUS)
    assert (head["Upload-Length"], head["Cache-Control"]) == (str(len(whole)), "no-store")
    for _ in range(2):
        told = client.get(url).json()
        assert (told["state"], told["sha256"]) == ("kept", hashlib.sha256(whole).hexdigest())
    assert Attachment.objects.get().slot == "id_document"
    page = client.get(reverse("filing:pieces", args=[draft.pk])).content.decode()
    assert told["sha256"][:8] in page


def test_file_given_up_while_a_part_arrives_is_gone_not_an_error(client, draft, whole, monkeypatch):
    url = create(client, draft, len(whole))["Location"]
    arriving = uploads._receive

    def given_up_meanwhile(*args):
        Upload.objects.all().delete()
        return arriving(*args)

    monkeypatch.setattr(uploads, "_receive", given_up_meanwhile)
    assert patch(client, url, 0, whole[:100]).status_code == 404


def test_other_offset_is_a_conflict_and_adds_nothing(client, draft, whole):
    url = create(client, draft, len(whole))["Location"]
    assert patch(client, url, 10, whole).status_code == 409
    patch(client, url, 0, whole[:100])
    assert patch(client, url, 0, whole[:100]).status_code == 409
    assert offset_at(client, url) == 100


def test_wrong_checksum_is_460_and_adds_nothing(client, draft, whole):
    url = create(client, draft, len(whole))["Location"]
    wrong = {"Upload-Checksum": f"sha256 {b64(hashlib.sha256(b'x').digest())}"}
    assert patch(client, url, 0, whole[:99], **wrong).status_code == 460
    assert offset_at(client, url) == 0
    right = {"Upload-Checksum": f"sha1 {b64(hashlib.sha1(whole[:99]).digest())}"}
    assert patch(client, url, 0, whole[:99], **right).status_code == 204
    for unknown in ("md5 aaaa", "sha256 !"):
        assert patch(client, url, 99, b"x", **{"Upload-Checksum": unknown}).status_code == 400


@pytest.mark.parametrize("given", [{}, {"Tus-Resumable": "0.2.2"}])
def test_other_version_is_412(client, draft, given):
    response = client.post(reverse("filing:uploads", args=[draft.pk]), headers=given)
    assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")


def test_what_cannot_be_a_piece_is_refused(client, draft, whole):
    url = create(client, draft, 500)["Location"]
    wrong_type = client.patch(url, b"x", headers=TUS | {"Upload-Offset": "0"})
    assert wrong_type.status_code == 415
    assert patch(client, url, 0, whole[:501]).status_code == 413
    assert patch(client, url, "x", b"x").status_code == 400
    assert offset_at(client, url) == 0


def test_announcement_is_checked(client, draft):
    assert create(client, draft, 6 * 1024 * 1024).status_code == 413
    assert create(client, draft, 0).status_code == 400
    assert create(client, draft, "x").status_code == 400
    assert create(client, draft, 10, slot="nowhere").status_code == 400
    assert not Upload.objects.exists()
    for _ in range(uploads.MOST_OPEN):
        create(client, draft, 10)
    assert create(client, draft, 10).status_code == 429


def test_stranger_finds_no_upload(client, draft, whole):
    url = create(client, draft, len(whole))["Location"]
    stranger = type(client)()
    assert create(stranger, draft, 10).status_code == 404
    assert patch(stranger, url, 0, b"x").status_code == 404
    assert stranger.head(url, headers=TUS).status_code == 404
    assert stranger.get(url).status_code == 404


def test_method_may_be_named_in_a_header(client, draft, whole):
    url = create(client, draft, len(whole))["Location"]
    given = TUS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    response = client.post(url, whole, content_type=PIECE, headers=given)
    assert response.status_code == 204
    assert client.delete(url, headers=TUS).status_code == 204
    assert client.head(url, headers=TUS).status_code == 404


def test_file_that_cannot_be_read_is_refused_in_words_and_does_not_stay(client, draft):
    blurred = samples.picture().filter(ImageFilter.GaussianBlur(14))
    stream = io.BytesIO()
    blurred.save(stream, "JPEG")
    url = create(client, draft, len(stream.getvalue()))["Location"]
    patch(client, url, 0, stream.getvalue())
    told = client.get(url).json()
    assert told["state"] == "refused"
    assert "floue" in told["problem"]
    assert not Attachment.objects.exists()


class Cut:
    """A line that breaks after `data`."""

    def __init__(self, data):
        self.blocks = [data]

    def read(self, size):
        if not self.blocks:
            raise OSError("gone")
        return self.blocks.pop()


def test_cut_keeps_what_came_unless_a_checksum_says_it_is_not_whole(client, draft, whole):
    create(client, draft, len(whole))
    upload = Upload.objects.get()
    sum_ = ("sha256", hashlib.sha256(whole).digest())
    with pytest.raises(uploads.ChecksumMismatch):
        uploads.append(upload, Cut(whole[:100]), offset=0, checksum=sum_)
    assert uploads.append(upload, Cut(whole[:100]), offset=0, checksum=None).offset == 100


def test_nobody_goes_on_and_nothing_stays(client, draft, whole):
    from datetime import timedelta

    from django.utils import timezone

    from eservices.attachments.models import private_storage

    url = create(client, draft, len(whole))["Location"]
    patch(client, url, 0, whole[:100])
    (name,) = Upload.objects.get().parts
    assert private_storage().exists(name)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert uploads.sweep()["expired"] == 1
    assert not private_storage().exists(name)


def test_photos_become_one_pdf_in_the_order_chosen(client, draft, photo):
    import pikepdf

    url = reverse("filing:pieces", args=[draft.pk])
    files = [photo("a.jpg", (900, 700)), photo("b.jpg", (700, 900)), photo("c.jpg", (650, 900))]
    assert client.post(url, {"id_document": files, "_add": "1"}).status_code == 302
    first, *others = Attachment.objects.order_by("name")
    order = {f"order-{first.pk}": "9"} | {f"order-{one.pk}": "1" for one in others}
    assert client.post(url, order | {"_continue": "1"}).url.endswith("/envoi/")
    made = Attachment.objects.get()
    assert (made.name, made.content_type) == ("b.pdf", "application/pdf")
    with made.file.open("rb") as stream, pikepdf.open(stream) as pdf:
        boxes = [page.mediabox for page in pdf.pages]
    assert [int(box[2]) for box in boxes] == [595, 595, 842]
