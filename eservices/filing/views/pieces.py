"""The pieces to give: photos and PDFs, shown back to the person who gave them."""

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import Attachment
from eservices.filing import progress, services
from eservices.filing.views.base import DraftView
from eservices.formdefs import engine


class PiecesView(DraftView):
    """The pieces to give: one slot for each, several files in a slot."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self._slots_page({})

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        problems = self._remove(request) if "_remove" in request.POST else self._store(request)
        if problems:
            return self._slots_page(problems, status=422)
        if "_continue" not in request.POST:
            return redirect("filing:pieces", key)
        if missing := services.missing_pieces(self.draft):
            text = _("This piece is required. Add a photo or a PDF.")
            return self._slots_page({slot: [text] for slot in missing}, status=422)
        services.save_step(self.draft, step=services.PIECES, answers={}, is_done=True)
        return redirect("filing:check", key)

    def _store(self, request: HttpRequest) -> dict[str, list[str]]:
        problems: dict[str, list[str]] = {}
        count = self._counts() if request.FILES else {}
        for piece in engine.pieces(self.spec, self.draft.answers):
            for upload in request.FILES.getlist(piece.key):
                if count.get(piece.key, 0) >= piece.max_files:
                    text = _("No more than %(n)d files here. Remove one first.")
                    problems.setdefault(piece.key, []).append(text % {"n": piece.max_files})
                    break
                if problem := self._store_one(piece, upload):
                    problems.setdefault(piece.key, []).append(problem)
                else:
                    count[piece.key] = count.get(piece.key, 0) + 1
        return problems

    def _store_one(self, piece: engine.PieceSpec, upload: UploadedFile) -> str:
        try:
            attachments.store(
                upload,
                owner=services.attachment_owner(self.draft),
                slot=piece.key,
                accept=piece.accept,
                max_mb=piece.max_mb,
            )
        except UploadRefused as exc:
            return f"{upload.name}: {exc}"
        return ""

    def _remove(self, request: HttpRequest) -> dict[str, list[str]]:
        wanted = request.POST["_remove"]
        owned = attachments.for_owner(services.attachment_owner(self.draft))
        for attachment in owned:
            if str(attachment.pk) == wanted:
                attachments.remove(attachment)
        return {}

    def _counts(self) -> dict[str, int]:
        counts: dict[str, int] = {}
        for attachment in attachments.for_owner(services.attachment_owner(self.draft)):
            counts[attachment.slot] = counts.get(attachment.slot, 0) + 1
        return counts

    def _slots_page(self, problems: dict[str, list[str]], status: int = 200) -> HttpResponse:
        slots = progress.slots(self.draft, self.spec, problems)
        context = {
            "slots": slots,
            "has_problems": bool(problems),
            "previous": progress.previous_url(self.draft, self.spec, services.PIECES),
        }
        return self.page("filing/pieces.html", services.PIECES, context, status)


class PieceView(DraftView):
    """One piece, shown back to the person who gave it."""

    def get(self, request: HttpRequest, key: uuid.UUID, piece: uuid.UUID) -> HttpResponseBase:
        owned = attachments.for_owner(services.attachment_owner(self.draft))
        attachment: Attachment = get_object_or_404(owned, pk=piece)
        return attachments.serve(attachment, inline=True)
