"""Whatever happens to a case, it is counted again."""

from typing import Any

from eservices.figures import services
from portal.outbox.services import subscribe


@subscribe("case.*")
def count_case(case_id: int, **rest: Any) -> None:
    services.count(case_id)
