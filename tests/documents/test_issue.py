import hashlib
import io
from datetime import UTC, date, datetime, timedelta

import pikepdf
import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from eservices.documents import keys, services
from eservices.documents.errors import KeyMissing, NotRevocable, RenderingFailed
from eservices.documents.models import DocumentStatus, IssuedDocument, SealAuthority
from portal.accounts.models import Office
from tests.documents.samples import letters, read


def content_of(document: IssuedDocument) -> bytes:
    with document.file.open("rb") as stream:
        return stream.read()


@time_machine.travel(datetime(2026, 11, 22, 10, 0, tzinfo=UTC), tick=False)
def test_document_bears_its_number_and_everything_of_the_frame(issue):
    document = issue(valid_until=date(2027, 2, 22))
    document.refresh_from_db()
    text = read(content_of(document))
    assert document.number == "2026/DJ-ETAT-CIVIL/ENA/000001"
    for part in (
        "RÉPUBLIQUE DE DJIBOUTI", "Unité – Égalité – Paix", "MINISTÈRE DE L’INTÉRIEUR",
        "État civil central", "EXTRAIT D’ACTE DE NAISSANCE", document.number, "MOHAMED ALI",
        "Fait à Djibouti, le 22 novembre 2026", "L’officier de l’état civil", "M. DJAMA Omar",
        "1 000 FDJ", "2026/DJ-000431", "22 février 2027", document.fingerprint,
        document.display_code[:14], "/documents/verifier",
    ):  # fmt: skip
        assert letters(part) in letters(text), part


def test_file_is_the_registered_one_and_is_archivable(issue):
    document = issue()
    content = content_of(document)
    assert document.sha256 == hashlib.sha256(content).hexdigest()
    assert document.size == len(content) < 150_000
    with pikepdf.open(document.file.path, attempt_recovery=False) as pdf:
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "A")
        assert pdf.Root.MarkInfo.Marked
        assert pdf.pdf_version == "1.7"
        fonts = {
            str(thing.get("/BaseFont", "")).split("+")[-1]
            for thing in pdf.objects
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"
        }
    assert fonts
    assert all(name.startswith("Noto") for name in fonts), fonts


def test_seal_is_valid_and_one_changed_byte_breaks_it(issue, settings, tmp_path):
    settings.DATA_DIR = tmp_path  # keys of today: another test may have made its own in 2027
    content = content_of(issue())
    # Who holds the authority's certificate needs nothing else, and no network.
    root = load_certs_from_pemder_data(keys.vouching().certificate.encode())
    trust = ValidationContext(trust_roots=list(root), allow_fetching=False)

    def check(data: bytes):
        import io

        reader = PdfFileReader(io.BytesIO(data))
        return validate_pdf_signature(reader.embedded_signatures[0], trust)

    status = check(content)
    assert status.intact
    assert status.valid
    assert status.trusted
    middle = content.index(b"stream") + 40
    changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    assert not check(changed).intact


def test_keys_are_private_made_once_and_one_for_each_office(issue, office):
    issue()
    path = keys.folder() / "office-dj-etat-civil.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert (keys.folder() / "authority.pem").stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    keys.forget()
    issue()
    assert path.read_bytes() == before

    other = Office.objects.create(
        code="dj-autre", name={"fr": "Autre"}, country="DJ", calendar=office.calendar
    )
    one, two = keys.of_office(office), keys.of_office(other)
    assert one.certificate.issuer == two.certificate.issuer == keys.authority().certificate.subject
    assert one.key.public_key() != two.key.public_key()
    assert "dj-autre" in two.certificate.subject.rfc4514_string()


def test_a_lost_key_stops_documents_until_it_is_back_or_replaced_on_purpose(
    issue, office, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    first = issue()
    kept = tmp_path / "away"
    keys.folder().rename(kept)
    keys.forget()
    for _try in range(2):
        with pytest.raises(KeyMissing) as told:
            issue()
    assert SealAuthority.objects.get().fingerprint == told.value.details["expected"]
    assert not (keys.folder() / "authority.pem").exists()
    kept.rename(keys.folder())
    keys.forget()
    assert int(issue().number[-6:]) == int(first.number[-6:]) + 1
    call_command("seal_authority", "--new", stdout=io.StringIO())
    assert SealAuthority.objects.count() == 2
    assert issue().number


def test_a_key_is_renewed_before_its_certificate_ends_and_the_former_is_kept(issue, office):
    former = keys.of_office(office)
    with time_machine.travel(former.ends_at - timedelta(days=30)):
        newer = keys.of_office(office)
        assert newer.key.public_key() != former.key.public_key()
        assert issue().number
    assert list(keys.folder().glob("office-dj-etat-civil.until-*.pem"))


def test_numbers_follow_each_other_by_series_office_and_year(issue):
    with time_machine.travel(datetime(2026, 12, 31, 20, 0, tzinfo=UTC)):
        assert [issue().number[-6:] for _ in range(2)] == ["000001", "000002"]
        assert issue(series="B3").number == "2026/DJ-ETAT-CIVIL/B3/000001"
    # In Djibouti it is already 2027.
    with time_machine.travel(datetime(2026, 12, 31, 22, 0, tzinfo=UTC)):
        assert issue().number == "2027/DJ-ETAT-CIVIL/ENA/000001"


def test_number_is_given_back_when_the_transaction_fails(issue):
    def fail() -> None:
        with transaction.atomic():
            issue()
            raise RuntimeError

    issue()
    with pytest.raises(RuntimeError):
        fail()
    assert issue().number.endswith("000002")


def test_number_is_given_back_when_the_drawing_fails(issue, monkeypatch):
    issue()
    with monkeypatch.context() as patch:
        patch.setitem(services.rendering.labels("fr"), "birth", {})
        with pytest.raises(RenderingFailed) as caught:
            issue()
        assert caught.value.details["reason"]
    assert issue().number.endswith("000002")


def test_same_key_issues_once(issue):
    first, second = issue(key="case:1:extract"), issue(key="case:1:extract")
    assert first == second
    assert IssuedDocument.objects.count() == 1


def test_preview_is_marked_and_registers_nothing(request_for, django_assert_num_queries):
    asked = request_for()
    with django_assert_num_queries(1):  # the crest
        text = letters(read(services.preview(**asked)))
    assert "APERÇU" in text
    assert "Aperçusansvaleur" in text
    assert "/documents/verifier" not in text
    assert "2026/DJ-ETAT" not in text


def test_cancelled_once_with_a_reason(issue, django_user_model):
    document = issue()
    with pytest.raises(NotRevocable):
        services.revoke(document, "  ", "chief")
    services.revoke(document, "Erreur de filiation", "chief")
    document.refresh_from_db()
    assert document.status == DocumentStatus.CANCELLED
    assert document.status_reason == "Erreur de filiation"
    with pytest.raises(NotRevocable):
        services.revoke(document, "again", "chief")


def test_replaced_by_a_valid_one(issue):
    old, new = issue(), issue()
    with pytest.raises(NotRevocable):
        services.replace(old, old, "x", "chief")
    services.replace(old, new, "Nom corrigé", "chief")
    old.refresh_from_db()
    assert (old.status, old.replaced_by) == (DocumentStatus.REPLACED, new)
    with pytest.raises(NotRevocable):
        services.replace(new, old, "x", "chief")


def test_served_as_a_file_named_by_its_number(issue):
    answer = services.serve(issue(), inline=True)
    assert answer["Content-Type"] == "application/pdf"
    assert "2026" in answer["Content-Disposition"]
    assert "/" not in answer["Content-Disposition"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    answer.close()


def test_sweep_keeps_what_is_registered(issue, private_folder):
    import os
    import time

    document = issue()
    orphan = private_folder / "documents" / "orphan"
    orphan.write_bytes(b"x")
    for path in (orphan, private_folder / document.file.name):
        os.utime(path, (time.time() - 200_000,) * 2)
    assert services.sweep() == {"removed": 1, "missing": 0}
    assert not orphan.exists()
    assert content_of(document)
