"""Files sent piece by piece: the tus 1.0 protocol (core, creation, checksum, expiration,
termination), for one draft. Whoever may not open the draft finds nothing here."""

import base64
import binascii
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.utils.http import http_date

from eservices.attachments import uploads
from eservices.attachments.errors import (
    ChecksumMismatch,
    OffsetMismatch,
    TooManyUploads,
    UploadRefused,
)
from eservices.attachments.models import Upload
from eservices.filing import progress, services
from eservices.filing.views.base import DraftView
from eservices.formdefs import engine

VERSION = "1.0.0"
EXTENSIONS = "creation,checksum,expiration,termination"
PIECE_TYPE = "application/offset+octet-stream"
CHECKSUM_MISMATCH = 460  # the protocol's own


class TusView(DraftView):
    """What every answer of the protocol carries, and what every question must."""

    is_for_scripts = True
    tells_news = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # Some networks let only GET and POST through.
        if request.method == "POST" and (wanted := request.headers.get("X-HTTP-Method-Override")):
            request.method = wanted.upper()
        asks_by_protocol = request.method not in {"OPTIONS", "GET"}
        if asks_by_protocol and request.headers.get("Tus-Resumable") != VERSION:
            response: HttpResponseBase = HttpResponse(status=412, headers={"Tus-Version": VERSION})
        else:
            try:
                response = super().dispatch(request, *args, **kwargs)
            except Upload.DoesNotExist:  # given up while a part of it was arriving
                response = JsonResponse({"lost": False}, status=404)
        response["Tus-Resumable"] = VERSION
        return response

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        most = max((piece.max_mb for piece in engine.all_pieces(self.spec)), default=0)
        headers = {
            "Tus-Version": VERSION,
            "Tus-Extension": EXTENSIONS,
            "Tus-Max-Size": str(most * 1024 * 1024),
            "Tus-Checksum-Algorithm": ",".join(uploads.DIGESTS),
        }
        return HttpResponse(status=204, headers=headers)


class UploadsView(TusView):
    """Announce a file for one of the pieces asked."""

    http_method_names = ["options", "post"]

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        length = request.headers.get("Upload-Length", "")
        if not length.isdecimal() or len(length) > 12:
            return HttpResponse("Upload-Length", status=400)
        about = _metadata(request.headers.get("Upload-Metadata", ""))
        slots = progress.slots(self.draft, self.spec, {})
        slot = next((one for one in slots if one.piece.key == about.get("slot")), None)
        if slot is None or slot.takes_no_more:
            return JsonResponse({"problem": slot.full_text if slot else ""}, status=400)
        try:
            upload = uploads.create(
                owner=services.attachment_owner(self.draft),
                slot=slot.piece.key,
                name=about.get("filename", ""),
                length=int(length),
                accept=slot.piece.accept,
                max_mb=slot.piece.max_mb,
            )
        except UploadRefused as exc:
            status = 413 if exc.code == "too_large" else 400
            return JsonResponse({"problem": str(exc)}, status=status)
        except TooManyUploads:
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        url = reverse("filing:upload", args=[key, upload.pk])
        return _answer(upload, status=201, headers={"Location": url})


class UploadView(TusView):
    """One file on its way: how much is here, more of it, what became of it."""

    http_method_names = ["options", "head", "get", "patch", "delete"]

    def head(self, request: HttpRequest, key: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
        found = self._find(upload)
        return _answer(found, status=200, headers={"Upload-Length": str(found.length)})

    def get(self, request: HttpRequest, key: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
        """Say what became of the file; not of the protocol, which ends with the last byte."""
        found = uploads.finish(self._find(upload))
        told = {"state": found.state, "problem": found.problem, "sha256": found.sha256}
        return JsonResponse(told | {"offset": found.offset})

    def patch(self, request: HttpRequest, key: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
        found = self._find(upload)
        offset = request.headers.get("Upload-Offset", "")
        if request.content_type != PIECE_TYPE:
            return HttpResponse(status=415)
        try:
            checksum = _checksum(request.headers.get("Upload-Checksum", ""))
        except ValueError:
            return HttpResponse("Upload-Checksum", status=400)
        if not offset.isdecimal() or len(offset) > 12:
            return HttpResponse("Upload-Offset", status=400)
        try:
            found = uploads.append(found, request, offset=int(offset), checksum=checksum)
        except OffsetMismatch:
            return HttpResponse(status=409)
        except ChecksumMismatch:
            return HttpResponse(status=CHECKSUM_MISMATCH)
        except UploadRefused:
            return HttpResponse(status=413)
        return _answer(found, status=204)

    def delete(self, request: HttpRequest, key: uuid.UUID, upload: uuid.UUID) -> HttpResponse:
        uploads.give_up(self._find(upload))
        return HttpResponse(status=204)

    def _find(self, key: uuid.UUID) -> Upload:
        found = uploads.find(services.attachment_owner(self.draft), key)
        if found is None:
            raise Http404
        return found


def _answer(upload: Upload, *, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
    told = {
        "Upload-Offset": str(upload.offset),
        "Upload-Expires": http_date(upload.expires_at.timestamp()),
    }
    return HttpResponse(status=status, headers=told | (headers or {}))


def _metadata(header: str) -> dict[str, str]:
    """Read `filename d29yLnBkZg==,slot cGhvdG8=`; what cannot be read is left out."""
    found = {}
    for pair in header.split(",")[:10]:
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value[:2000], validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
    return found


def _checksum(header: str) -> tuple[str, bytes] | None:
    """Return the algorithm and the digest; None when there is none. :raises ValueError:"""
    if not header:
        return None
    name, _, value = header.partition(" ")
    if name not in uploads.DIGESTS:
        raise ValueError(name)
    return name, base64.b64decode(value, validate=True)
