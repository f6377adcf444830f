"""What the desk does when something happens to a case."""

from typing import Any

from eservices.backoffice.services import distribution
from portal.outbox.services import subscribe


@subscribe("case.submitted")
def give_out(case_id: int, **rest: Any) -> None:
    distribution.distribute(case_id)


@subscribe("case.transferred")
def give_out_again(case_id: int, **rest: Any) -> None:
    distribution.distribute(case_id)
