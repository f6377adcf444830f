"""Pieces on the screen: one page as a picture, two pieces side by side."""

import uuid
from urllib.parse import parse_qsl

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.backoffice import casefile, reading, viewer
from eservices.backoffice.views.base import CaseView
from eservices.documents.marking import mark_of, marked
from portal.core.private_files import IMAGE_POLICY


class PageImageView(CaseView):
    """One page of a piece as a picture; the first of the hour is recorded as a reading."""

    shows_file = False

    def get(
        self, request: HttpRequest, reference: str, piece: uuid.UUID, page: int
    ) -> HttpResponseBase:
        attachment = casefile.file_named(self.standing, piece)
        if attachment is None or not 1 <= page <= (attachment.page_count or 1):
            raise Http404
        if not reading.open_file(self.standing, what=attachment.name):
            return self.back()
        width, turn = viewer.width_for(request.GET)
        try:
            content = attachments.picture(attachment, page=page, width=width, turn=turn)
        except (UploadRefused, FileNotFoundError):
            return HttpResponse(status=503, headers={"Retry-After": "5"})
        if self.case.is_restricted:
            content = marked(content, "image/jpeg", mark_of(self.agent.user))
        response = HttpResponse(content, content_type="image/jpeg")
        response.headers["Content-Security-Policy"] = IMAGE_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


class CompareView(CaseView):
    """Two pieces side by side, each with its own page, size and direction."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        files = self.file.files
        pair = viewer.pair(self.case.reference, files, request.GET)
        if pair is None:
            return self.back()
        sides = [(one, parse_qsl(one.kept), files) for one in pair]
        context = self.context() | {"sides": sides, "nav": "queue"}
        return self.page("casework/compare.html", context)
