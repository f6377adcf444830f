"""A decision opens what is owed after it."""

from eservices.cases.models import Case
from eservices.duties import services
from portal.outbox.services import subscribe


@subscribe("case.granted")
def open_duties(case_id: int) -> None:
    services.open_duties(Case.objects.select_related("version").get(pk=case_id))
