"""What follows from facts about cases."""

from eservices.cases.models import Case, Message
from eservices.casework import marks, teamwork
from portal.outbox.services import subscribe


@subscribe("case.submitted")
def mark_person(case_id: int) -> None:
    marks.write(Case.objects.get(pk=case_id))


@subscribe("case.replied")
def mark_corrected_person(case_id: int) -> None:
    marks.write(Case.objects.get(pk=case_id))


@subscribe("case.message")
def ask_to_answer(case_id: int, message_id: int) -> None:
    """Whoever has the case finds the applicant's message among the tasks."""
    message = Message.objects.filter(pk=message_id, from_applicant=True).first()
    if message is not None:
        teamwork.ask_to_answer(Case.objects.select_related("assignee").get(pk=case_id))
