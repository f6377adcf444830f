"""The keys that seal documents: one authority for the installation, one key for each office.

They are files of this machine's `secrets` folder, made when first needed and readable by the
service only. The database knows the fingerprint of the authority: once one was in use, another is
made on purpose only. The certificate of the authority is public: who holds it checks any document of any
office without network and without us. A hardware module would replace this module and nothing else.
"""

import os
import re
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.documents.errors import KeyMissing
from eservices.documents.models import SealAuthority
from portal.accounts.models import Office

KEY_BITS = 3072  # RSA: an elliptic curve would make the file PDF 2.0 and no longer PDF/A-2
AUTHORITY_LIFE = timedelta(days=20 * 365)
OFFICE_LIFE = timedelta(days=5 * 365)
RENEW_BEFORE = timedelta(days=60)
AUTHORITY = "authority.pem"
_making = threading.Lock()


@dataclass(frozen=True)
class KeyPair:
    """A private key, its certificate and the certificate of who vouches for it."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    issuer: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def ends_at(self) -> datetime:
        return self.certificate.not_valid_after_utc


def authority() -> KeyPair:
    """Return the authority of this installation, made the first time."""
    with _making:
        return _authority(str(folder()))


def vouching() -> SealAuthority:
    """Return the public side of the authority in use, even while its key is missing."""
    return SealAuthority.objects.first() or _known_as(authority())


def of_office(office: Office) -> KeyPair:
    """Return the key of `office`; a new one two months before its certificate ends.

    The former file is kept beside it: what it sealed stays sealed.
    """
    vouching = authority()
    with _making:
        pair = _office(str(folder()), office.code, office.name_in("fr"), vouching)
        if pair.ends_at - timezone.now() < RENEW_BEFORE:
            path = folder() / _file_of(office.code)
            with suppress(FileNotFoundError):
                path.rename(path.with_suffix(f".until-{pair.ends_at:%Y%m%d}.pem"))
            _office.cache_clear()
            pair = _office(str(folder()), office.code, office.name_in("fr"), vouching)
    return pair


def folder() -> Path:
    return Path(settings.DATA_DIR) / "secrets"


def forget() -> None:
    """Read the files again: for tests, and for who has just restored a backup."""
    _authority.cache_clear()
    _office.cache_clear()


def replace_authority() -> KeyPair:
    """Make a new authority on purpose: what it vouches for is checked with its own certificate.

    The former file, if it is there, is kept beside it.
    """
    with _making:
        path = folder() / AUTHORITY
        with suppress(FileNotFoundError):
            path.rename(path.with_suffix(f".until-{timezone.now():%Y%m%d%H%M%S}.pem"))
        for former in folder().glob("office-*.pem"):
            former.rename(former.with_suffix(f".until-{timezone.now():%Y%m%d%H%M%S}.pem"))
        forget()
        pair = _made(path)
        _known_as(pair)
        return pair


@cache
def _authority(where: str) -> KeyPair:
    path = Path(where) / AUTHORITY
    known = SealAuthority.objects.first()
    if known is not None and not path.exists():
        raise _missing(path, known)
    pair = _made(path) if not path.exists() else KeyPair(*_read_authority(path))
    if known is None:
        _known_as(pair)
    elif known.fingerprint != _digest(pair):
        raise _missing(path, known)
    return pair


def _made(path: Path) -> KeyPair:
    key = _new_key()
    name = _name("authority of the seals")
    _write(path, key, _certificate(key, name, name, key, AUTHORITY_LIFE, is_authority=True))
    return KeyPair(*_read_authority(path))


def _read_authority(path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate, x509.Certificate]:
    key, certificate = _read(path)
    return key, certificate, certificate


def _known_as(pair: KeyPair) -> SealAuthority:
    kept, _is_new = SealAuthority.objects.get_or_create(
        fingerprint=_digest(pair), defaults={"certificate": pair.pem.decode()}
    )
    return kept


def _digest(pair: KeyPair) -> str:
    return pair.certificate.fingerprint(hashes.SHA256()).hex()


def _missing(path: Path, known: SealAuthority) -> KeyMissing:
    return KeyMissing(
        _("The key of the seals is missing. No document leaves without it, and nothing is lost."),
        expected=known.fingerprint,
        path=str(path),
        remedy="restore the folder of secrets; only if it is lost: manage.py seal_authority --new",
    )


@cache
def _office(where: str, code: str, title: str, vouching: KeyPair) -> KeyPair:
    path = Path(where) / _file_of(code)
    if not path.exists():
        key = _new_key()
        issuer = vouching.certificate.subject
        subject = _name(title, unit=code)
        _write(path, key, _certificate(key, subject, issuer, vouching.key, OFFICE_LIFE))
    key, certificate = _read(path)
    return KeyPair(key, certificate, vouching.certificate)


def _file_of(code: str) -> str:
    return f"office-{re.sub(r'[^A-Za-z0-9_-]', '_', code)}.pem"


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)


def _read(path: Path) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    content = path.read_bytes()
    key: Any = serialization.load_pem_private_key(content, password=None)
    return key, x509.load_pem_x509_certificate(content)


def _write(path: Path, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
    """Write both to `path`; when two processes do it, the first one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        stream.write(certificate.public_bytes(serialization.Encoding.PEM))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, path)  # fails when the other process was first, and never overwrites
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _within(text: str) -> str:
    """Return as much of `text` as a certificate's name holds: 64 bytes, accents count double."""
    return text.encode()[:64].decode(errors="ignore")


def _name(common: str, unit: str = "") -> x509.Name:
    parts = [
        (NameOID.COMMON_NAME, _within(common)),
        (NameOID.ORGANIZATION_NAME, settings.PORTAL_NAME),
    ]
    if unit:
        parts.insert(1, (NameOID.ORGANIZATIONAL_UNIT_NAME, _within(unit)))
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in parts])


def _certificate(
    key: rsa.RSAPrivateKey,
    subject: x509.Name,
    issuer: x509.Name,
    signing_key: rsa.RSAPrivateKey,
    life: timedelta,
    *,
    is_authority: bool = False,
) -> x509.Certificate:
    now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority,
        key_encipherment=False, data_encipherment=False, key_agreement=False,
        key_cert_sign=is_authority, crl_sign=is_authority, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    limits = x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None)
    public = signing_key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + life)
        .add_extension(usage, critical=True)
        .add_extension(limits, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(public), critical=False)
        .sign(signing_key, hashes.SHA256())
    )
