"""Reading a case: the file, its pieces, its papers."""

import logging
import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from eservices.attachments import services as attachments
from eservices.backoffice import casefile, reading, repair
from eservices.backoffice.forms import ReadForm
from eservices.backoffice.queue import Filters
from eservices.backoffice.views.base import CaseView
from eservices.cases import issuing, papers, tracking, usage
from eservices.casework import exercises, relatives
from eservices.casework.relatives import Relatives
from eservices.documents import services as documents
from eservices.documents.errors import RenderingFailed
from eservices.documents.marking import mark_of, own_copy
from portal.core.private_files import PDF_POLICY

logger = logging.getLogger(__name__)


class FileView(CaseView):
    """The whole file on one page."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        previous, following = self.queue.neighbours(self.case)
        context = self.context() | {
            "viewer": self.file.viewer(request.GET, kept=Filters.read(request.GET).query()),
            "relatives": self._relatives(),
            "act_failed": self._act_failed(),
            "follow_up": tracking.follow_up(self.case),
            "tab": "case",
            "previous": previous,
            "following": following,
            "nav": "queue",
        }
        if self.agent.practises:
            context["guide"] = exercises.step_on(self.case, self.agent.user)
            context["exercise_over"] = exercises.finished_on(self.case, self.agent.user)
        return self.page("backoffice/case.html", context)

    def _act_failed(self) -> bool:
        decision = self.file.decision
        waits = decision is not None and decision.document is None and self.file.has_act
        return waits and self.case.status == "granted" and repair.failed_act(self.case)

    def _relatives(self) -> Relatives:
        has_pieces = bool(self.file.files)
        return relatives.of(
            self.case,
            reader=self.agent.user,
            office_ids=self.agent.office_ids,
            roles=self.agent.roles,
            has_pieces=has_pieces,
        )


class ReasonView(CaseView):
    """Say why one opens a file outside one's own work."""

    shows_file = False

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        form = ReadForm(request.POST)
        if not form.is_valid():
            return self.reason_page(form)
        reading.open_file(self.standing, reason=form.reason)
        return self.back()


class PrintView(CaseView):
    """The file on paper."""

    shows = usage.PRINT

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        mark = mark_of(self.agent.user) if self.case.is_restricted else ""
        return self.page("backoffice/print.html", self.context() | {"mark": mark})


class PieceView(CaseView):
    """One piece, shown inside the page; each opening is recorded under the piece's name."""

    shows_file = False

    def get(self, request: HttpRequest, reference: str, piece: uuid.UUID) -> HttpResponseBase:
        attachment = casefile.file_named(self.standing, piece)
        if attachment is None:
            raise Http404
        if not reading.open_file(self.standing, what=attachment.name):
            return self.back()
        inline = "download" not in request.GET
        if not self.case.is_restricted or attachment.is_held:
            return attachments.serve(attachment, inline=inline)
        with attachment.file.open("rb") as stream:
            return own_copy(
                stream, name=attachment.name, content_type=attachment.content_type,
                reader=self.agent.user, inline=inline,
            )  # fmt: skip


class PreviewView(CaseView):
    """The act as it would be issued, marked as a preview."""

    shows = usage.PREVIEW

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        try:
            content = issuing.preview(self.case, signer=self.agent.user)
        except RenderingFailed as exc:  # shown within the page of the signature
            logger.warning("no preview of an act: %s", exc.code)
            context = self.context() | {"problem": str(exc)}
            answer = self.page("backoffice/no_preview.html", context, status=409)
            answer["X-Frame-Options"] = "SAMEORIGIN"
            return answer
        if content is None:
            raise Http404
        name = f"{self.case.reference}-apercu.pdf"
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{name}"'
        response["Content-Security-Policy"] = PDF_POLICY
        response["X-Frame-Options"] = "SAMEORIGIN"  # the page of the signature shows it
        return response


class RefusalView(CaseView):
    """The refusal on paper, in the applicant's language, for who has no account."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._pdf(papers.refusal(self.case, self.case.language), "refus")

    def _pdf(self, content: bytes | None, what: str) -> HttpResponse:
        if content is None:
            raise Http404
        response = HttpResponse(content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="{self.case.reference}-{what}.pdf"'
        return response


class SummonsView(RefusalView):
    """The summons to the appointment or the hearing, to be printed for who came to the counter."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self._pdf(papers.summons(self.case, self.case.language), "convocation")


class ActView(CaseView):
    """The act that was issued."""

    shows = usage.ACT

    def get(self, request: HttpRequest, reference: str) -> HttpResponseBase:
        decision = self.file.decision
        if decision is None or decision.document is None:
            raise Http404
        return documents.serve(decision.document, inline=True)
