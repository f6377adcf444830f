"""What an office asks to have issued, and readers of what came out."""

import io
from typing import Any

import pypdf

from portal.accounts.models import Office

BIRTH = {
    "register_place": "Djibouti",
    "register_year": "1998",
    "act_number": "1284",
    "last_name": "MOHAMED ALI",
    "first_names": "Amina Hodan",
    "born_on": "quatorze février mil neuf cent quatre-vingt-dix-huit",
    "father": "MOHAMED ALI Farah",
    "mother": "HASSAN ROBLEH Fatouma",
    "place": "Djibouti",
    "ministry": "Ministère de l’Intérieur",
    "signer_title": "L’officier de l’état civil",
    "fee": "1\u202f000\u00a0FDJ",
    "receipt_number": "2026/DJ-000431",
}
BIRTH_AR = {
    "register_place": "جيبوتي",
    "last_name": "محمد علي",
    "first_names": "أمينة هدن",
    "born_at": "جيبوتي / دار الحنان — قسم الولادة",
    "place": "جيبوتي",
    "fee": "1\u202f000\u00a0FDJ",
}


def request(office: Office, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "birth_extract",
        "office": office,
        "series": "ENA",
        "title": "Extrait d’acte de naissance",
        "data": BIRTH,
        "language": "fr",
        "subject": "Amina Mohamed",
        "signer": "M. DJAMA Omar",
    } | changes


def read(pdf: bytes) -> str:
    """The text of `pdf` in logical order, on one line."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def letters(text: str) -> str:
    """Without spaces: readers of PDF put them where they like."""
    return "".join(text.split())
