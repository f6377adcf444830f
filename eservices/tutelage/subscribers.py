"""What follows from facts about acts: the superior office receives them, the issuing one is told."""

from eservices.documents.models import IssuedDocument
from eservices.tutelage import services, telling
from eservices.tutelage.models import Observation
from portal.outbox.services import subscribe


@subscribe("document.issued")
def transmit_act(document_id: int) -> None:
    services.transmit(_document(document_id))


@subscribe("document.revoked")
def transmit_end_of_act(document_id: int) -> None:
    document = _document(document_id)
    services.transmit(document)  # unless it came before
    services.renew(document)


@subscribe("act.observed")
def tell_observed(observation_id: int) -> None:
    telling.observed(
        Observation.objects.select_related(
            "author", "transmission__document", "transmission__office", "transmission__issuer",
            "transmission__case",
        ).get(pk=observation_id)
    )  # fmt: skip


def _document(document_id: int) -> IssuedDocument:
    return IssuedDocument.objects.select_related("office__parent").get(pk=document_id)
