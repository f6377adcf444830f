"""A decision opens what is owed after it; a decision that is taken back asks for nothing."""

from eservices.cases.models import Case
from eservices.documents.models import DocumentStatus
from eservices.duties import services
from portal.outbox.services import subscribe


@subscribe("case.granted")
def open_duties(case_id: int) -> None:
    services.open_duties(Case.objects.select_related("version").get(pk=case_id))


@subscribe("case.reopened")
def drop_duties(case_id: int) -> None:
    case = Case.objects.get(pk=case_id)
    if case.decided_at is None:
        services.drop(case)


@subscribe("document.revoked")
def drop_duties_of_cancelled(document_id: int) -> None:
    """A cancelled mission owes no report; one whose order was only replaced does."""
    cancelled = Case.objects.filter(
        decision__document_id=document_id, decision__document__status=DocumentStatus.CANCELLED
    )
    for case in cancelled:
        services.drop(case)
