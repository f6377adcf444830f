"""A dossier of a sitting on the screen of who sits: as in the pack, when there is a network."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import get_language

from eservices.attachments import services as attachments
from eservices.backoffice.views.sittings import SittingBase
from eservices.documents.marking import mark_of, own_copy
from eservices.sittings import pack, papers, policies, services
from eservices.sittings.models import AgendaItem


class DossierBase(SittingBase):
    """From the freeze on, for the members; each opening is recorded and bears the reader's name."""

    def item(self, number: int) -> AgendaItem:
        if not policies.sits(self.agent.user, self.sitting):
            raise Http404
        return super().item(number)


class DossierView(DossierBase):
    """Answers, visas with their remarks, pieces."""

    def get(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        item = self.item(number)
        services.record_opening(item, reader=self.agent.user)
        before = list(self.sitting.items.values_list("pk", flat=True))
        place = before.index(item.pk)
        context = {
            "item": item,
            "place": place + 1,
            "previous": before[place - 1] if place else None,
            "next": before[place + 1] if place + 1 < len(before) else None,
            "pieces": pack.pieces_of(item),
            "mark": mark_of(self.agent.user),
        }
        return self.page("dossier.html", context | pack.dossier(item, get_language() or "fr"))


class AgendaView(SittingBase):
    """The agenda on paper, with the reader's name over every page."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        content = papers.agenda_sheet(
            self.sitting,
            reader=self.agent.user,
            withheld=self.withheld,
            language=get_language() or "fr",
        )
        services.record_printing(self.sitting, reader=self.agent.user)
        response = HttpResponse(content, content_type="application/pdf")
        response.headers["Content-Disposition"] = f'inline; filename="agenda-{pk}.pdf"'
        return response


class DossierPieceView(DossierBase):
    """One piece with the reader's name over every page."""

    def get(self, request: HttpRequest, pk: int, number: int, piece: uuid.UUID) -> HttpResponseBase:
        item = self.item(number)
        found = next((one for _label, one in pack.pieces_of(item) if one.pk == piece), None)
        if found is None:
            raise Http404
        if found.is_held:
            return attachments.serve(found, inline=True)
        services.record_opening(item, reader=self.agent.user, what=found.name)
        with found.file.open("rb") as stream:
            return own_copy(
                stream, name=found.name, content_type=found.content_type,
                reader=self.agent.user, inline=True,
            )  # fmt: skip
