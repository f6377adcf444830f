"""A sitting when something goes wrong: withdrawn, decided elsewhere, two at once, a title that slips."""

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from pypdf import PdfReader

from eservices.cases import services as cases
from eservices.cases.errors import NotAllowed
from eservices.cases.models import Case, TaskTimer
from eservices.sittings import agenda, papers, services
from eservices.sittings.errors import SittingError
from portal.notifications.models import Delivery
from tests.sittings.conftest import browser, give_visa, member, url


def put(sitting, clerk, *dossiers):
    return [services.add_item(sitting, case, actor=clerk) for case in dossiers]


def take_back(case, head):
    """Its author gives a dossier up instead of correcting it."""
    cases.take(case, actor=head)
    items = [{"kind": "field", "key": "abstract", "reason": "text"}]
    cases.ask(case, actor=head, items=items, message="À préciser")
    cases.withdraw(case)


def test_a_dossier_withdrawn_after_the_freeze_does_not_hold_the_sitting(
    bring, sitting, clerk, head
):
    kept, gone = bring(), bring(title="Projet de décret portant B")
    items = put(sitting, clerk, kept, gone)
    services.freeze(sitting, actor=head)
    services.decide(items[0], actor=clerk, verdict="adopted")
    services.decide(items[1], actor=clerk, verdict="adopted")
    take_back(gone, head)
    page = browser(clerk).get(url("sitting", sitting.pk)).text
    assert "Retiré par son auteur" in page
    with pytest.raises(SittingError, match=gone.reference):
        services.close(sitting, actor=head, ends_at=timezone.now())
    form = browser(clerk).get(url("sitting_decision", sitting.pk, items[1].pk)).text
    assert 'value="withdrawn"' in form
    assert 'value="adopted"' not in form
    services.decide(items[1], actor=clerk, verdict="withdrawn")
    services.close(sitting, actor=head, ends_at=timezone.now())
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert [kept.status, gone.status] == ["granted", "withdrawn"]


def test_an_agenda_with_a_withdrawn_dossier_is_not_frozen(bring, sitting, clerk, head):
    kept, gone = bring(), bring(title="Projet de décret portant B")
    items = put(sitting, clerk, kept, gone)
    take_back(gone, head)
    with pytest.raises(SittingError, match=gone.reference):
        services.freeze(sitting, actor=head)
    services.remove_item(items[1], actor=clerk)
    services.freeze(sitting, actor=head)


def test_what_a_body_decides_is_decided_in_its_sitting_only(bring, head):
    case = bring()
    cases.take(case, actor=head)
    for decide in (
        lambda: cases.grant(case, actor=head),
        lambda: cases.refuse(case, actor=head, motive="rejected"),
    ):
        with pytest.raises(NotAllowed, match="séance"):
            decide()
    page = browser(head).get(url("case", case.reference)).text
    assert url("grant", case.reference) not in page
    assert url("sittings") in page


def test_an_inadmissible_dossier_is_refused_without_the_body(file_dossier, clerk, head, sitting):
    case = file_dossier()
    for office, role in (("bf-agri-sg", "chief"), ("bf-agri-cabinet", "agent")):
        give_visa(case, member(office, role), office, "favourable")
    give_visa(case, member("bf-agri-cabinet", "chief"), "bf-agri-cabinet", "favourable")
    cases.take(case, actor=clerk)
    cases.complete(
        case, actor=clerk, outcome="rejected", reason="Hors compétence", motive="inadmissible"
    )
    assert agenda.waiting(sitting.office, head) == []
    with pytest.raises(SittingError):
        services.add_item(sitting, case, actor=head)
    cases.take(case, actor=head)
    cases.refuse(case, actor=head, motive="inadmissible")


def test_the_secretariat_opens_the_consultation_with_its_own_deadline(file_dossier, clerk):
    case = file_dossier(consulted=["economie"])
    for office, role in (("bf-agri-sg", "chief"), ("bf-agri-cabinet", "agent")):
        give_visa(case, member(office, role), office, "favourable")
    give_visa(case, member("bf-agri-cabinet", "chief"), "bf-agri-cabinet", "favourable")
    health = member("bf-sante", "chief")
    assert not Case.objects.for_agent(health).exists()
    cases.take(case, actor=clerk)
    day = timezone.localdate() + timedelta(days=30)
    values = {"opened_to": ["sante"], "answer_by": day.isoformat()}
    cases.complete(case, actor=clerk, outcome="accepted", values=values)
    asked = case.tasks.filter(status="open")
    assert {task.stage for task in asked} == {"economy", "health"}
    ends = TaskTimer.objects.filter(task__in=asked, do="record").values_list("due_at", flat=True)
    assert {timezone.localtime(end).date() for end in ends} == {day}
    assert Case.objects.for_agent(health).get() == case


def test_of_two_secretaries_the_second_sees_what_the_first_wrote(bring, sitting, clerk, head):
    item, other = put(sitting, clerk, bring(), bring(title="Projet de décret portant B"))
    mine, yours = browser(clerk), browser(head)
    services.remove_item(other, actor=head)
    for action in ("move", "remove"):
        page = mine.post(
            url("sitting_action", sitting.pk, action), {"item": str(other.pk)}, follow=True
        )
        assert page.status_code == 200
        assert "n’est plus à l’ordre du jour" in page.text
    services.freeze(sitting, actor=head)
    address = url("sitting_decision", sitting.pk, item.pk)
    page = mine.get(address)
    assert 'for="id_seen"' not in page.text
    seen = page.context["form"].initial["seen"]
    assert yours.post(address, {"verdict": "rejected", "text": "Coût", "seen": seen}).status_code == 302  # fmt: skip
    late = mine.post(address, {"verdict": "adopted", "text": "Mon texte", "seen": seen})
    assert late.status_code == 422
    assert "Coût" in late.text
    assert "Mon texte" in late.text
    item.refresh_from_db()
    assert item.verdict == "rejected"
    again = {
        "verdict": "adopted",
        "text": "Mon texte",
        "seen": late.context["form"]["seen"].value(),
    }
    assert mine.post(address, again).status_code == 302


def test_a_classified_title_typed_elsewhere_stops_the_report(bring, sitting, clerk, head):
    public, secret = bring(), bring(title="Cession du camp Z", classification="confidential")
    items = put(sitting, clerk, public, secret)
    services.freeze(sitting, actor=head)
    services.decide(items[0], actor=clerk, verdict="adopted", text="Adopté avec la CESSION du camp Z.")  # fmt: skip
    services.decide(items[1], actor=clerk, verdict="adopted")
    services.close(sitting, actor=head, ends_at=timezone.now())
    with pytest.raises(SittingError, match=secret.reference):
        services.pass_report_on(sitting, actor=head)
    items[0].text = "Adopté."
    items[0].save()
    services.pass_report_on(sitting, actor=head)
    assert "camp Z" not in str(papers.report(sitting))


def test_who_sits_reads_on_the_screen_with_the_name_on_every_page(bring, sitting, clerk, head):
    minister = member("bf-economie", "agent", full_name="Paul Ilboudo", phone="+22670111111")
    services.add_member(sitting, minister, actor=clerk)
    item = put(sitting, clerk, bring())[0]
    seat, address = browser(minister), url("sitting_dossier", sitting.pk, item.pk)
    assert seat.get(address).status_code == 404  # nobody is called yet
    services.freeze(sitting, actor=head)
    page = seat.get(address)
    for text in ("karité", "Paul Ilboudo", "Favorable", "Rapport de présentation"):
        assert text in page.text
    assert seat.get(url("case", item.case.reference)).status_code == 404
    piece = page.context["pieces"][0][1]
    shown = seat.get(url("sitting_piece", sitting.pk, item.pk, piece.pk))
    assert (
        "Paul Ilboudo"
        in PdfReader(io.BytesIO(b"".join(shown.streaming_content))).pages[0].extract_text()
    )
    seat.get(address)
    read_as = item.case.readings.filter(reader=minister)
    assert sorted(read_as.values_list("what", flat=True)) == sorted(["session pack", piece.name])
    assert {one.office.code for one in read_as} == {"bf-economie"}
    assert browser(clerk).get(address).status_code == 404  # prepares, and does not sit
    late = bring(title="Projet de décret portant C")
    services.add_item(sitting, late, actor=head, late_reason="Urgence")
    told = Delivery.objects.filter(kind="sitting.extended", to=minister.phone)
    assert told.count() == 1
    for one in sitting.items.all():
        services.decide(one, actor=head, verdict="adopted")
    services.close(sitting, actor=head, ends_at=timezone.now())
    assert [visa["outcome"] for visa in seat.get(address).context["visas"]][-1] == "Accordée"
