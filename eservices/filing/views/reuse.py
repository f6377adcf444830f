"""Taking over one's own data and papers: a list first, nothing without a tick."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control

from eservices.attachments.errors import UploadRefused
from eservices.filing import access, progress, reuse, services
from eservices.filing.views.base import DraftView
from eservices.formdefs import engine
from portal.accounts.models import User


class OwnDraftView(DraftView):
    """A draft of the account that is signed in: nobody else's data may be offered."""

    person: User

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        person = access.account(request)
        if person is None:
            raise Http404
        self.person = person
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_own(self) -> bool:
        return self.draft.owner_id == self.person.pk


class ReuseView(OwnDraftView):
    """Which of the known answers to take over."""

    def get(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        found = reuse.sources(self.draft, self.spec, self.person) if self.is_own else []
        if not found:
            return redirect(progress.first_gap_url(self.draft, self.spec))
        context = {"sources": found, "next": progress.first_gap_url(self.draft, self.spec)}
        return self.page("filing/reuse.html", "", context)

    def post(self, request: HttpRequest, key: uuid.UUID) -> HttpResponse:
        wanted = set(request.POST.getlist("source"))
        known = reuse.sources(self.draft, self.spec, self.person) if self.is_own else []
        chosen = [source for source in known if source.key in wanted]
        if chosen:
            services.take_over(self.draft, chosen)
            text = _(
                "Your answers were filled in. Check them at each step and correct what changed."
            )
            messages.success(request, text)
        return redirect(progress.first_gap_url(self.draft, self.spec))


class PapersView(OwnDraftView):
    """Which piece sent before, or act delivered, to give for one piece asked now."""

    def get(self, request: HttpRequest, key: uuid.UUID, slot: str) -> HttpResponse:
        return self._papers_page(self._slot(slot), "")

    def post(self, request: HttpRequest, key: uuid.UUID, slot: str) -> HttpResponse:
        piece = self._slot(slot)
        wanted = request.POST.get("paper", "")
        paper = next((one for one in reuse.papers(self.person) if one.key == wanted), None)
        if paper is None:
            return self._papers_page(piece, _("Choose a document."), status=422)
        try:
            services.take_paper(self.draft, paper, piece)
        except UploadRefused as exc:
            return self._papers_page(piece, str(exc), status=422)
        return redirect("filing:pieces", key)

    def _slot(self, key: str) -> engine.PieceSpec:
        for piece in engine.pieces(self.spec, self.draft.answers):
            if piece.key == key and self.is_own:
                return piece
        raise Http404

    def _papers_page(
        self, piece: engine.PieceSpec, problem: str, status: int = 200
    ) -> HttpResponse:
        context = {"piece": piece, "papers": reuse.papers(self.person), "problem": problem}
        return self.page("filing/papers.html", services.PIECES, context, status)


@login_required
@cache_control(no_store=True)
def my_papers(request: HttpRequest) -> HttpResponse:
    """The account's own storage: what was delivered to it and what it sent."""
    person = access.account(request)
    assert person is not None
    return render(request, "filing/my_papers.html", {"papers": reuse.papers(person)})
