"""The pieces to give: photos and PDFs, shown back to the person who gave them."""

import uuid

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from eservices.attachments import services as attachments
from eservices.attachments.errors import UploadRefused
from eservices.attachments.models import Attachment
from eservices.filing import progress, services
from eservices.filing.progress import Slot
from eservices.filing.views.base import DraftView
from portal.core.texts import labelled

Problems = dict[str, list[str]]


class PiecesView(DraftView):
    """The pieces to give: one slot for each, several photos in a slot become one document."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        return self._slots_page({})

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        problems = self._act(request)
        if problems:
            return self._slots_page(problems, status=422)
        if "_continue" not in request.POST:
            return redirect("filing:pieces", key)
        if missing := services.missing_pieces(self.draft):
            texts = {slot.piece.key: slot.missing_text for slot in self._slots()}
            return self._slots_page({key: [texts[key]] for key in missing}, status=422)
        services.save_step(self.draft, step=services.PIECES, answers={}, is_done=True)
        return redirect("filing:check", key)

    def _act(self, request: HttpRequest) -> Problems:
        if "_remove" in request.POST:
            return self._remove(request.POST["_remove"])
        problems = self._store(request) if request.FILES else {}
        if "_join" in request.POST:
            return problems | self._join(request.POST["_join"])
        if "_continue" in request.POST and not problems:
            for slot in self._slots():
                if slot.is_over:
                    problems |= self._join(slot.piece.key)
        return problems

    def _store(self, request: HttpRequest) -> Problems:
        problems: Problems = {}
        for slot in self._slots():
            for upload in request.FILES.getlist(slot.piece.key):
                if slot.takes_no_more:
                    problems.setdefault(slot.piece.key, []).append(slot.full_text)
                    break
                try:
                    slot.files.append(self._store_one(slot, upload))
                except UploadRefused as exc:
                    problems.setdefault(slot.piece.key, []).append(labelled(upload.name, exc))
        return problems

    def _store_one(self, slot: Slot, upload: UploadedFile) -> Attachment:
        return attachments.store(
            upload,
            owner=services.attachment_owner(self.draft),
            slot=slot.piece.key,
            accept=slot.piece.accept,
            max_mb=slot.piece.max_mb,
        )

    def _remove(self, wanted: str) -> Problems:
        for attachment in attachments.for_owner(services.attachment_owner(self.draft)):
            if str(attachment.pk) == wanted:
                attachments.remove(attachment)
        return {}

    def _join(self, key: str) -> Problems:
        """Make one PDF of a slot's files, in the order that the person gave them."""
        slot = next((one for one in self._slots() if one.piece.key == key and one.can_join), None)
        if slot is None or len(slot.files) < 2:
            return {}
        try:
            attachments.join(self._ordered(slot), slot=key, max_mb=slot.piece.max_mb)
        except UploadRefused as exc:
            return {key: [str(exc)]}
        return {}

    def _ordered(self, slot: Slot) -> list[Attachment]:
        def place(numbered: tuple[int, Attachment]) -> tuple[float, int]:
            number, attachment = numbered
            given = self.request.POST.get(f"order-{attachment.pk}", "").strip()
            return (int(given) if given.isdecimal() and len(given) < 4 else number + 1, number)

        return [one for _number, one in sorted(enumerate(slot.files), key=place)]

    def _slots(self) -> list[Slot]:
        return progress.slots(self.draft, self.spec, {})

    def _slots_page(self, problems: Problems, status: int = 200) -> HttpResponse:
        context = {
            "slots": progress.slots(self.draft, self.spec, problems),
            "has_problems": bool(problems),
            "previous": progress.previous_url(self.draft, self.spec, services.PIECES),
        }
        return self.page("filing/pieces.html", services.PIECES, context, status)


class PieceView(DraftView):
    """One piece, shown back to the person who gave it."""

    tells_news = False

    def get(self, request: HttpRequest, key: uuid.UUID, piece: uuid.UUID) -> HttpResponseBase:
        owned = attachments.for_owner(services.attachment_owner(self.draft))
        attachment: Attachment = get_object_or_404(owned, pk=piece)
        return attachments.serve(attachment, inline=True)
