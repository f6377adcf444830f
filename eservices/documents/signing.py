"""The electronic seal: a PAdES signature on every issued PDF, that anybody checks without us.

Each office seals with its own key (`keys`); the PDF carries the office's certificate and that of
the authority which vouches for it.
"""

import io
from functools import lru_cache

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from eservices.documents import keys
from eservices.documents.keys import KeyPair
from portal.accounts.models import Office

FIELD = "Seal"


def prepare(office: Office) -> None:
    """Read or make the key of `office`, so that `sign` is quick: before any number is locked."""
    _signer(keys.of_office(office))


def sign(pdf: bytes, *, office: Office, reason: str, location: str) -> bytes:
    """Return `pdf` sealed by `office`: one changed byte afterwards is seen by any reader."""
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
        signer=_signer(keys.of_office(office)),
        new_field_spec=fields.SigFieldSpec(sig_field_name=FIELD, invis_sig_settings=place),
    )
    out = io.BytesIO()
    signer.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out)
    return out.getvalue()


class _LoadedKeySigner(signers.SimpleSigner):
    """Signs with a key read once: reading it again checks its primes, which takes 0.3 s each time."""

    def __init__(self, pair: KeyPair) -> None:
        self._key = pair.key
        der = serialization.Encoding.DER
        private = pair.key.private_bytes(
            der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        store = SimpleCertificateStore()
        store.register(_asn1(pair.issuer))
        super().__init__(
            signing_cert=_asn1(pair.certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(private),
            cert_registry=store,
        )

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"signatures use sha256, not {digest_algorithm}")
        return self._key.sign(data, PKCS1v15(), hashes.SHA256())


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


@lru_cache(maxsize=64)
def _signer(pair: KeyPair) -> _LoadedKeySigner:
    return _LoadedKeySigner(pair)
