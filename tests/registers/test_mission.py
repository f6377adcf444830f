"""SV-11 by its registers (journey J7): refused at entry, reserved when filed, freed when it ends."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfWriter

from eservices.attachments import services as attachments
from eservices.cases import services as cases
from eservices.catalog import services as catalog
from eservices.catalog.models import EService
from eservices.filing import lines, services
from eservices.filing.errors import NotReady
from eservices.formdefs import engine
from eservices.registers.models import AmountReservation, PeriodReservation, RegisterEntry
from portal.accounts.models import Office, OfficeMembership
from portal.accounts.sample import load_sample_offices
from tests.factories import AgentFactory, UserFactory

SAMPLE = Path(settings.BASE_DIR) / "sample_content"


def day(offset):
    return (timezone.localdate() + timedelta(days=offset)).isoformat()


def answers(first=10, last=12, **more):
    members = [{"number": "104512 K", "role": "lead"}, {"number": "131290 D", "role": "driver"}]
    stage = {"place": "Ouahigouya", "province": "yatenga", "distance": 182}
    return {
        "mission_type": "interior", "object": "Criquet", "meals": False,
        "stages": [{**stage, "arrival": day(first), "departure": day(last)}],
        "members": members, "transport": "vehicle", "plate": "11 GG 4521 BF", "mileage": 84210,
        "budget_line": "61-2-1-DGPV",
    } | more  # fmt: skip


@pytest.fixture
def mission(db):
    load_sample_offices()
    call_command(
        "register_import", *sorted((SAMPLE / "registers").glob("*.yaml")), stdout=io.StringIO()
    )
    path = SAMPLE / "eservices" / "ordre-de-mission.yaml"
    call_command("eservice_import", path, stdout=io.StringIO())
    return EService.objects.get(slug="ordre-de-mission")


@pytest.fixture
def requester(mission):
    member("bf-agri-dgpv", "chief")  # whose visa comes first
    return AgentFactory(
        office=Office.objects.get(code="bf-agri-dgpv"), full_name="Aminata Sawadogo"
    )


def fill(mission, requester, **given):
    """A draft with all steps answered, as the pages save them."""
    draft = services.begin(mission, owner=requester, language="fr")
    given = answers(**given)
    for step in [step["key"] for step in mission.current.spec["steps"]]:
        services.save_step(draft, step=step, answers=given, is_done=True)
    writer, stream = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(stream)
    upload = SimpleUploadedFile("tdr.pdf", stream.getvalue(), content_type="application/pdf")
    attachments.store(
        upload, owner=services.attachment_owner(draft), slot="terms", accept=["pdf"], max_mb=5
    )
    services.save_step(draft, step=services.PIECES, answers={}, is_done=True)
    return draft


def credits_left():
    return RegisterEntry.objects.get(key="61-2-1-DGPV").available


def test_what_the_registers_know_is_filled_in(mission, requester):
    draft = fill(mission, requester)
    lead, driver = draft.answers["members"]
    assert (lead["name"], lead["rate"], driver["category"]) == ("OUÉDRAOGO Alassane", 20000, "E")
    assert draft.answers["requester"] == "Aminata Sawadogo"
    assert draft.answers["available"] == 6_000_000
    assert services.missing_steps(draft) == []


def test_only_agents_may_ask(mission):
    with pytest.raises(Exception, match="agents"):
        services.begin(mission, owner=UserFactory(), language="fr")
    with pytest.raises(Exception, match="agents"):
        services.begin(mission, owner=None, language="fr")


def test_filing_reserves_people_vehicle_and_credits(mission, requester):
    case = services.submit(fill(mission, requester))
    assert credits_left() == 6_000_000 - 3 * 29_000
    assert PeriodReservation.objects.count() == 3
    cases.withdraw(case, reason="annulée")
    assert credits_left() == 6_000_000
    assert not PeriodReservation.objects.standing().exists()
    assert not AmountReservation.objects.standing().exists()


def test_a_second_mission_of_the_driver_is_refused_at_entry_and_names_the_order(mission, requester):
    first = services.submit(fill(mission, requester))
    other = fill(
        mission, requester, first=12, last=13,
        members=[{"number": "118834 B", "role": "lead"}, {"number": "131290 D", "role": "driver"}],
        plate="11 GG 4522 BF",
    )  # fmt: skip
    faults = lines.objections(other, {})
    assert list(faults) == ["members"]
    assert faults["members"][0].startswith("2. TRAORÉ Salif (131290 D)")
    assert first.reference in faults["members"][0]
    assert services.missing_steps(other) == ["team"]
    with pytest.raises(NotReady):
        services.submit(other)
    cases.withdraw(first)
    assert services.submit(other).reference


def test_too_little_credit_is_told_with_the_shortfall(mission, requester):
    draft = fill(mission, requester, budget_line="61-2-1-SG", other_costs=200_000)
    text = lines.objections(draft, {})["budget_line"][0]
    assert "250\u202f000" in text
    assert "37\u202f000" in text  # 287,000 wanted


def test_unknown_lines_are_told_beside_what_was_typed(mission, requester):
    draft = fill(
        mission, requester, budget_line="99", plate="AA 1",
        members=[{"number": "999999 Z", "role": "lead"}, {"number": "131290 D", "role": "driver"}],
    )  # fmt: skip
    faults = lines.objections(draft, {})
    assert set(faults) == {"budget_line", "plate", "members"}
    assert "999999 Z" in faults["members"][0]


def test_the_first_step_is_sent_from_the_page_and_names_the_applicant(mission, requester, client):
    client.force_login(requester)
    draft = services.begin(mission, owner=requester, language="fr")
    address = reverse("filing:step", args=[draft.pk, "mission"])
    client.get(address)
    data = {"mission_type": "interior", "object": "Criquet", "meals": "no"}
    assert client.post(address, data | {"_asked": "mission_type"}).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["requester"] == "Aminata Sawadogo"
    assert draft.answers["requester_office_code"] == "bf-agri-dgpv"
    other = services.begin(mission, owner=requester, language="fr")
    requester.office_memberships.all().delete()  # whose office, nobody can say any more
    page = client.post(reverse("filing:step", args=[other.pk, "mission"]), data)
    assert page.status_code == 422
    assert "Rien n" in page.text


def test_the_page_shows_the_refusal_and_keeps_what_was_typed(mission, requester, client):
    first = services.submit(fill(mission, requester))
    draft = fill(mission, requester, plate="11 GG 4522 BF")
    client.force_login(requester)
    data = {
        "members.rows": "2", "members.0.number": "118834 B", "members.0.role": "lead",
        "members.1.number": "131290 D", "members.1.role": "driver",
    }  # fmt: skip
    address = reverse("filing:step", args=[draft.pk, "team"])
    assert first.reference in client.get(address).content.decode()
    page = client.post(address, data)
    text = page.content.decode()
    assert page.status_code == 422
    assert first.reference in text
    assert "TRAORÉ Salif" in text
    draft.refresh_from_db()
    assert draft.answers["members"][0]["number"] == "118834 B"
    assert "team" not in draft.steps_done
    data["members.1.number"] = "131291 E"
    assert client.post(address, data).status_code == 302


def test_a_definition_that_names_no_register_is_not_published(mission):
    definition = yaml.safe_load((SAMPLE / "eservices" / "ordre-de-mission.yaml").read_text())
    definition["lookups"].append({"register": "nowhere", "entry": "x", "fill": {"ghost": "x"}})
    definition["reservations"].append({"key": "k", "register": "taux-indemnites-mission", "entry": "x", "amount": {"var": "nothing"}})  # fmt: skip
    found = " ".join(catalog.check(definition))
    for fault in ("no register 'nowhere'", "no field 'ghost'", "no balance", "unknown variable"):
        assert fault in found
    assert engine.lint(definition) == []


def member(office, role="agent"):
    """Whoever has this role there, or somebody new."""
    there = OfficeMembership.objects.filter(office__code=office, role=role).first()
    return there.user if there else AgentFactory(office=Office.objects.get(code=office), role=role)


def visa(case, office, role, outcome, **more):
    agent = member(office, role)
    cases.take(case, actor=agent)
    cases.complete(case, actor=agent, outcome=outcome, **more)


def sign(case):
    secretary = member("bf-agri-sg", "chief")
    cases.take(case, actor=secretary)
    cases.grant(case, actor=secretary)


def test_the_chain_of_visas_ends_with_a_signed_order_in_the_register(
    mission, requester, deliver_all
):
    case = services.submit(fill(mission, requester))
    visa(case, "bf-agri-dgpv", "chief", "favourable")
    visa(case, "bf-agri-daf", "agent", "available", values={"commitment": "ENG-1"})
    visa(case, "bf-validation-missions", "agent", "validated")
    sign(case)
    entry = RegisterEntry.objects.get(register__code="ordres-de-mission-agriculture")
    assert entry.values["lead"] == "OUÉDRAOGO Alassane"
    assert entry.values["total"] == 87_000
    assert entry.values["places"] == "Ouahigouya"
    deliver_all()
    case.refresh_from_db()
    assert case.decision.document.series == "OM"
    assert case.decision.document.subject == "OUÉDRAOGO Alassane"
    assert credits_left() == 6_000_000 - 87_000
    assert PeriodReservation.objects.standing().count() == 3


def test_a_mission_that_is_not_essential_is_refused_and_gives_all_back(mission, requester):
    case = services.submit(fill(mission, requester))
    visa(case, "bf-agri-dgpv", "chief", "favourable")
    visa(case, "bf-agri-daf", "agent", "available", values={"commitment": "ENG-1"})
    visa(case, "bf-validation-missions", "agent", "rejected", motive="not_essential", reason="Non")
    secretary = member("bf-agri-sg", "chief")
    cases.take(case, actor=secretary)
    cases.refuse(case, actor=secretary, motive="not_essential")
    assert credits_left() == 6_000_000
    assert not PeriodReservation.objects.standing().exists()
