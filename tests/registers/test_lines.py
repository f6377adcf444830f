"""A budget line closed in the middle, a year that is over, a line that not everybody may read."""

import pytest
from django.urls import reverse

from eservices.cases import services as cases
from eservices.cases.errors import BadRequest
from eservices.filing import lines, services
from eservices.registers import plans
from eservices.registers import services as registers
from eservices.registers.models import RegisterEntry
from tests.people import sign_in
from tests.registers.test_mission import (  # noqa: F401
    credits_left,
    fill,
    member,
    mission,
    requester,
    sign,
    visa,
)

LINE = "61-2-1-DGPV"


@pytest.fixture
def line(mission):  # noqa: F811
    return RegisterEntry.objects.select_related("register").get(key=LINE)


def test_a_line_closed_in_the_middle_keeps_what_it_holds_and_takes_nothing_new(
    mission, requester, line, client  # noqa: F811
):  # fmt: skip
    first, other = services.submit(fill(mission, requester)), fill(mission, requester)
    keeper = member("bf-agri-daf", "chief")
    sign_in(client, keeper)
    address = reverse("backoffice:register_entry", args=[line.register.code, line.number])
    assert "sont réservés ici" in client.get(address).text
    registers.close_entry(line, actor=keeper, reason="Fin de gestion")
    fault = lines.objections(other, {})["budget_line"]
    assert fault[0].startswith(f"« {LINE} » est fermé depuis le")
    visa(first, "bf-agri-dgpv", "chief", "favourable")
    clerk = member("bf-agri-daf", "agent")
    cases.take(first, actor=clerk)
    sign_in(client, clerk)
    page = client.get(reverse("backoffice:stage", args=[first.reference, "credits"])).text
    for told in ("87\u202f000", "ligne fermée", "5\u202f913\u202f000", "TRAORÉ Salif"):
        assert told in page
    cases.complete(first, actor=clerk, outcome="available", values={"commitment": "ENG-1"})
    visa(first, "bf-validation-missions", "agent", "validated")
    sign(first)
    assert credits_left() == 6_000_000 - 87_000
    registers.reopen_entry(line, actor=keeper, reason="Erreur")
    assert "budget_line" not in lines.objections(other, {})


def test_a_case_opened_again_on_a_closed_line_is_told_which(mission, requester, line):  # noqa: F811
    case = services.submit(fill(mission, requester))
    cases.withdraw(case)
    registers.close_entry(line, actor=None, reason="Fin de gestion")
    with pytest.raises(BadRequest, match=f"{LINE} » est fermé"):
        cases.reopen(case, actor=member("bf-agri-sg", "chief"), reason="Reprise")
    case.refresh_from_db()
    assert case.status == "withdrawn"


def test_a_line_of_a_year_that_is_over_is_refused_at_entry(mission, requester, client):  # noqa: F811
    draft = services.begin(mission, owner=requester, language="fr")
    sign_in(client, requester)
    full = fill(mission, requester)
    for step in ("mission", "itinerary", "team", "transport_step"):
        services.save_step(draft, step=step, answers=full.answers, is_done=True)
    address = reverse("filing:step", args=[draft.pk, "budget"])
    page = client.post(address, {"budget_line": f"{LINE}-2025"})
    assert page.status_code == 422
    assert "exercice de cette ligne est clos" in page.text
    assert client.post(address, {"budget_line": LINE}).status_code == 302


def test_what_a_confidential_request_wrote_is_not_filled_into_a_form(mission, requester):  # noqa: F811
    source = mission.current.spec
    answers = {"mission_type": "exterior", "authorisation": "CM-2026-114"}
    assert "phytosanitaire" in plans.look_up(source, answers, user=requester)["authorisation_title"]
    RegisterEntry.objects.filter(key="CM-2026-114").update(is_restricted=True)
    assert plans.look_up(source, answers, user=requester)["authorisation_title"] is None
    keeper = member("bf-sggcm")
    assert "phytosanitaire" in plans.look_up(source, answers, user=keeper)["authorisation_title"]
