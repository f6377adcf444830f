import pytest

from eservices.attachments.names import clean_name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("extrait.pdf", "extrait.pdf"),
        ("EXTRAIT.PDF", "EXTRAIT.pdf"),
        ("photo.jpg", "photo.pdf"),
        ("virus.pdf.exe", "virus.pdf.exe.pdf"),
        ("facture\u202efdp.exe", "facture fdp.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("../../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\moi\\acte.pdf", "acte.pdf"),
        ("nul\0.pdf", "nul.pdf"),
        ('a"; filename="b.exe', "a'; filename='b.exe.pdf"),
        ("شهادة الميلاد.pdf", "شهادة الميلاد.pdf"),
        ("🧾 reçu.pdf", "🧾 reçu.pdf"),
        ("\ud800.pdf", "document.pdf"),
        ("", "document.pdf"),
        ("...", "document.pdf"),
        (".pdf", "document.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_name_is_one_line_of_text_with_our_ending(given, kept):
    assert clean_name(given, "application/pdf") == kept
