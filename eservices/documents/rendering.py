"""Draw a document: the caller's texts into one of our Typst templates, to PDF/A.

The texts travel as JSON in one input and stay text: no template is ever built from them. Every
call has its own compiler, so that two documents drawn at once share nothing that changes.
"""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from PIL import Image

from eservices.documents.countries import REPUBLICS
from eservices.documents.errors import RenderingFailed
from eservices.documents.plain import MAX_ITEMS, plain, plain_text
from portal.accounts.models import Office

HERE = Path(__file__).parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "fonts"
BODIES = frozenset({"generic", "birth_extract", "criminal_record_b3", "legalisation", "letter"})
# Archivable for decades, and readable aloud; the compiler itself enforces both.
STANDARDS: list[Any] = ["a-2a", "ua-1"]
RIGHT_TO_LEFT = frozenset({"ar"})
FINGERPRINT_LENGTH = 16
FAILED = _("This document cannot be drawn. Nothing is lost: the administrator sees why.")


@dataclass(frozen=True)
class Proof:
    """The block with the QR code: what it opens, and what is printed beside it."""

    url: str = ""
    caption: str = ""
    address: str = ""
    code: str = ""  # grouped by hyphens
    fingerprint: str = ""


@dataclass(frozen=True)
class Sheet:
    """Everything that one document shows."""

    body: str
    language: str
    title: str
    data: Mapping[str, Any]
    at: datetime
    header: Mapping[str, Any]
    number: str = ""
    signer: str = ""
    is_preview: bool = False
    is_training: bool = False
    note: str = ""
    most_items: int = MAX_ITEMS
    stamp: bytes = b""  # PNG of the office's stamp
    crest: bytes = b""  # PNG at the head, beside who issues
    proof: Proof = field(default_factory=Proof)


def render(sheet: Sheet) -> bytes:
    """Return `sheet` as PDF/A-2a; the same sheet gives the same bytes. :raises RenderingFailed:"""
    payload = json.dumps(_payload(sheet), ensure_ascii=False, sort_keys=True)
    try:
        compiler = typst.Compiler(
            input=TEMPLATES / "main.typ",
            root=TEMPLATES,
            font_paths=fonts(),
            ignore_system_fonts=True,
            sys_inputs={"payload": payload},
        )
        pdf = compiler.compile(
            format="pdf", pdf_standards=STANDARDS, timestamp=int(sheet.at.timestamp())
        )
    except typst.TypstError as exc:
        raise RenderingFailed(
            str(FAILED),
            reason=f"{exc.message} {exc.trace}"[:2000],
        ) from exc
    if not isinstance(pdf, bytes):
        raise RenderingFailed(str(FAILED), reason="not one PDF")
    return pdf


def labels(language: str) -> dict[str, Any]:
    """Return the fixed words of the frame: wording of official documents, not of the interface."""
    words = _all_labels()
    return words.get(language[:2], words["fr"])


def header_of(office: Office, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return who issues: state, ministry, office. `data` may name the ministry."""
    return {
        "country": office.country,
        "ministry": data.get("ministry") or "",
        "office": office.name_in(language),
        "contact": " · ".join(filter(None, [" ".join(office.address.split()), office.phone])),
    }


def long_date(at: date, language: str) -> str:
    day = f"{at.day}er" if at.day == 1 and language == "fr" else str(at.day)
    return f"{day} {labels(language)['months'][at.month - 1]} {at.year}"


def fingerprint(*parts: Any) -> str:
    """Return a short digest of what a document says, printed on it and shown when it is verified."""
    text = json.dumps(plain(parts), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:FINGERPRINT_LENGTH]


def qr_svg(url: str) -> str:
    if not url:
        return ""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False)
    return out.getvalue().decode()


def _payload(sheet: Sheet) -> dict[str, Any]:
    language = sheet.language[:2] if sheet.language[:2] in _all_labels() else "fr"
    words = labels(language)
    data = plain(sheet.data, most=sheet.most_items)
    return {
        "kind": sheet.body,
        "language": language,
        "dir": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "labels": words,
        "title": plain_text(sheet.title) or "—",
        "number": plain_text(sheet.number),
        "preview": sheet.is_preview,
        "across": _across(sheet, words),
        "header": _header(sheet.header, language),
        "data": data,
        "date": {"year": sheet.at.year, "month": sheet.at.month, "day": sheet.at.day},
        "made": _made(data, sheet.at, language),
        "signer": {"title": data.get("signer_title", ""), "name": plain_text(sheet.signer)},
        "facts": _facts(data, words),
        "scan": _scan(data, is_preview=sheet.is_preview),
        "note": words["preview_note"] if sheet.is_preview else sheet.note,
        "footer": _footer(sheet),
        "stamp": _picture(sheet.stamp),
        "crest": _picture(sheet.crest),
        "proof": _proof(sheet.proof),
    }


def _across(sheet: Sheet, words: Mapping[str, Any]) -> str:
    """Return the word that is printed across a sheet without value; none across a real one."""
    if sheet.is_training:
        return str(words["training"])
    return str(words["preview"]) if sheet.is_preview else ""


def _header(header: Mapping[str, Any], language: str) -> dict[str, Any]:
    republic = REPUBLICS.get(str(header.get("country", "")))
    return {
        "republic": [
            {"lang": code, "rtl": code in RIGHT_TO_LEFT, "country": name, "motto": motto}
            for code, name, motto in (republic.lines(language) if republic else [])
        ],
        "colors": list(republic.colors) if republic else [],
        **{
            key: plain_text(str(header.get(key) or "")) for key in ("ministry", "office", "contact")
        },
    }


def _made(data: Mapping[str, Any], at: datetime, language: str) -> str:
    words, day = labels(language), long_date(at, language)
    place = data.get("place")
    return (
        f"{words['made_at']} {place}{words['comma']}{words['date']} {day}"
        if place
        else f"{words['made_on']} {day}"
    )


def _facts(data: Mapping[str, Any], words: Mapping[str, Any]) -> list[list[str]]:
    keys = (("fee", "fee"), ("receipt_no", "receipt_number"), ("valid_until", "valid_until_text"))
    return [[words[label], data[key]] for label, key in keys if data.get(key)]


def _scan(data: Mapping[str, Any], *, is_preview: bool) -> dict[str, str]:
    """Return the code that whoever receives the holder scans; a preview shows its place only."""
    scan = data.get("scan") or {}
    url = "" if is_preview else scan.get("url", "")
    return {"svg": qr_svg(url), "caption": scan.get("caption", "")}


def _footer(sheet: Sheet) -> str:
    return plain_text(" · ".join(filter(None, [str(sheet.header.get("office", "")), sheet.title])))


def _picture(png: bytes) -> str:
    """Return `png` inside an SVG: the payload is text, and the compiler reads pictures in it."""
    if not png:
        return ""
    with Image.open(io.BytesIO(png)) as image:
        width, height = image.size
    coded = base64.b64encode(png).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{coded}"/></svg>'
    )


def _proof(proof: Proof) -> dict[str, Any]:
    groups = proof.code.split("-") if proof.code else []
    half = (len(groups) + 1) // 2
    return {
        "svg": qr_svg(proof.url),
        "caption": proof.caption,
        "address": proof.address,
        "code": [part for part in ("-".join(groups[:half]), "-".join(groups[half:])) if part],
        "fingerprint": proof.fingerprint,
    }


def address_of(path: str) -> tuple[str, str]:
    """Return the whole address of `path`, and the short form that is printed."""
    url = settings.BASE_URL.rstrip("/") + path
    return url, url.split("://", 1)[-1].rstrip("/")


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])


@cache
def _all_labels() -> dict[str, dict[str, Any]]:
    return json.loads((TEMPLATES / "labels.json").read_text())
