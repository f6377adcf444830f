"""The electronic seal: a PAdES signature on every issued PDF, that anybody checks without us.

One key per installation, made at the first signature. `sign` is the only door: a key per office,
or one in a hardware module, changes this module and nothing else.
"""

import io
import os
import threading
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils import timezone
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"
KEY_BITS = 3072  # RSA: an elliptic curve would make the file PDF 2.0 and no longer PDF/A-2
CERTIFICATE_LIFE = timedelta(days=3650)
_making = threading.Lock()


def sign(pdf: bytes, *, reason: str, location: str) -> bytes:
    """Return `pdf` sealed by this installation: one changed byte afterwards is seen by any reader."""
    # Nothing to see on the page; printed and off the page, as PDF/A and PDF/UA want it.
    place = fields.InvisSigSettings(
        set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=reason,
        location=location,
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    signer = signers.PdfSigner(
        metadata,
        signer=_signer(),
        new_field_spec=fields.SigFieldSpec(sig_field_name=FIELD, invis_sig_settings=place),
    )
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


def certificate_pem() -> bytes:
    """Return the public certificate, for those who check signatures offline."""
    return _signer().pem


class _LoadedKeySigner(signers.SimpleSigner):
    """Signs with a key read once: reading it again checks its primes, which takes 0.3 s each time."""

    def __init__(self, key: rsa.RSAPrivateKey, certificate: x509.Certificate) -> None:
        self._key = key
        self.pem = certificate.public_bytes(serialization.Encoding.PEM)
        der = serialization.Encoding.DER
        private = key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        super().__init__(
            signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
            signing_key=asn1_keys.PrivateKeyInfo.load(private),
            cert_registry=SimpleCertificateStore(),
        )

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"signatures use sha256, not {digest_algorithm}")
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())


def _signer() -> _LoadedKeySigner:
    with _making:
        return _load_signer(str(_folder()))


@cache
def _load_signer(folder: str) -> _LoadedKeySigner:
    path = Path(folder) / "document_seal.pem"
    if not path.exists():
        _make(path)
    content = path.read_bytes()
    key: Any = serialization.load_pem_private_key(content, password=None)
    return _LoadedKeySigner(key, x509.load_pem_x509_certificate(content))


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "secrets"


def _make(path: Path) -> None:
    """Write a new key and its certificate to `path`; when two processes do it, the first one wins."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
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
        stream.write(_certificate(key).public_bytes(serialization.Encoding.PEM))
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(aside, path)  # fails when the other process was first, and never overwrites
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, f"{settings.PORTAL_NAME} – document seal"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "Self-signed installation key"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.PORTAL_NAME),
        ]
    )
    now = timezone.now()
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=False, crl_sign=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + CERTIFICATE_LIFE)
        .add_extension(usage, critical=True)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
