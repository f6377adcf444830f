"""What a stage obtains elsewhere: an outside opinion by link, a register's yes or no, a hearing."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from eservices.backoffice.repair import RepairList
from eservices.cases import expected, tracking
from eservices.cases import services as cases
from eservices.cases.errors import BadRequest, NotAllowed
from eservices.cases.models import Hearing, HearingItem, OutsideRequest, TaskStatus
from eservices.documents.models import IssuedDocument
from portal.notifications.models import Delivery
from tests.people import sign_in

SIGNATURE = {
    "key": "signature", "kind": "signature", "role": "chief", "title": {"fr": "Signature"},
}  # fmt: skip


def circuit(**stage):
    first = {
        "key": "quarter",
        "kind": "opinion",
        "role": "agent",
        "title": {"fr": "Habite-t-il là ?"},
    }
    return {"stages": [first | stage, SIGNATURE]}


@pytest.fixture
def link(open_case, deliver_all):
    """A case whose stage asks the person with the phone of the answers, and the link sent."""

    def make(**outside):
        rules = {"name": "Chef", "phone": {"var": "phone"}, "shows": ["first_names"]}
        case = open_case(circuit=circuit(outside=rules | outside))
        deliver_all()
        text = Delivery.objects.get(kind="stage.outside").body
        return case, text[text.index("/avis/") :].split()[0]

    return make


def test_outside_person_answers_once_by_a_link_and_the_case_goes_on(link):
    case, address = link()
    page = Client().get(address)
    assert "Hawa" in page.text
    assert "ABDI Hawa" in page.text
    assert "École" not in page.text
    assert (page["Referrer-Policy"], page["Cache-Control"]) == ("same-origin", "no-store")
    done = Client().post(address, {"outcome": "favourable", "comment": "Je le connais."})
    assert done.status_code == 200
    case.refresh_from_db()
    assert case.stage == "signature"
    assert case.tasks.get(stage="quarter").note == "Je le connais."
    assert Client().post(address, {"outcome": "unfavourable", "comment": "Non"}).status_code == 410
    assert Client().get(address).status_code == 410
    assert case.tasks.get(stage="quarter").outcome == "favourable"


def test_unfavourable_needs_a_word_and_keeps_what_was_typed(link):
    case, address = link()
    answer = Client().post(address, {"outcome": "unfavourable", "comment": ""})
    assert answer.status_code == 422
    assert Client().post(address, {"outcome": "x", "comment": "Gardé"}).text.count("Gardé") == 1
    assert case.tasks.get(stage="quarter").status == TaskStatus.OPEN


def test_link_expires_and_a_new_one_replaces_it(link, person):
    case, address = link()
    OutsideRequest.objects.update(expires_at=timezone.now() - timedelta(1))
    answer = Client().get(address)
    assert answer.status_code == 410
    assert case.office.name_in() in answer.text
    agent = person()
    cases.take(case, actor=agent)
    cases.ask_outside(case, actor=agent, name="Adjoint", phone="+2290197000009")
    assert case.office.name_in() not in Client().get(address).text  # nothing is asked of them now
    assert OutsideRequest.objects.answerable().count() == 1
    with pytest.raises(BadRequest):
        cases.ask_outside(case, actor=agent, name="Personne")


def test_only_the_digest_of_the_link_is_kept(link):
    _case, address = link()
    token = address.strip("/").rpartition("/")[2]
    assert token not in str(OutsideRequest.objects.values().get())


def test_unknown_link_tells_nothing(db):
    assert Client().get("/avis/xxxxxxxxxxxxxxxxxxxx/").status_code == 410


@pytest.mark.parametrize(
    ("number", "name", "result"),
    [
        ("1234567890", "Adjovi", "concordant"),
        ("1234567890", "Dossou", "not_concordant"),
        ("9999999999", "Adjovi", "unknown"),
        ("0000000000", "Adjovi", "unreachable"),
    ],
)
def test_register_answers_yes_or_no_and_conditions_read_it(open_case, person, number, name, result):
    send = {"number": number, "last_name": name}
    doubt = {"ne": [{"var": "registry.check"}, "concordant"]}
    stages = [
        {"key": "check", "kind": "review", "role": "agent", "title": {"fr": "Contrôle"},
         "registry": {"name": "demo", "send": send}},
        {"key": "doubt", "kind": "visa", "role": "chief", "title": {"fr": "Doute"}, "show_if": doubt},
        SIGNATURE,
    ]  # fmt: skip
    case, agent = open_case(circuit={"stages": stages}), person()
    with pytest.raises(NotAllowed):
        cases.check_registry(case, actor=agent)
    cases.take(case, actor=agent)
    assert cases.check_registry(case, actor=agent).result == result
    cases.complete(case, actor=agent, outcome="granted")
    case.refresh_from_db()
    assert case.stage == ("signature" if result == "concordant" else "doubt")


class BrokenRegistry:
    def check(self, data, *, message_id):
        raise TimeoutError(message_id)


def test_a_register_that_fails_is_a_warning_a_line_to_repair_and_asked_again(
    open_case, person, settings, client
):
    settings.REGISTRIES = {"demo": f"{__name__}.BrokenRegistry"}
    check = {"key": "check", "kind": "review", "role": "agent", "title": {"fr": "Contrôle"},
             "registry": {"name": "demo", "send": {"number": "1234567890"}}}  # fmt: skip
    case, agent = open_case(circuit={"stages": [check, SIGNATURE]}), person()
    cases.take(case, actor=agent)
    sign_in(client, agent)
    ask = reverse("backoffice:registry", args=[case.reference, "check"])
    assert "Rien n&#x27;est perdu" in client.post(ask, follow=True).content.decode()
    assert [one.task.case for one in RepairList([case.office_id]).stuck] == [case]
    settings.REGISTRIES = {"demo": "eservices.cases.registries.demo.DemoRegistry"}
    assert "Non concordant" in client.post(ask, follow=True).content.decode()
    assert not RepairList([case.office_id]).stuck


@pytest.fixture
def hearing(office, person):
    chief = person("chief")
    return cases.plan_hearing(
        office, by=chief, starts_at=timezone.now() + timedelta(days=3), room="Salle 2"
    )


@pytest.fixture
def heard(open_case, person, hearing):
    """Make a case on the list of the hearing."""
    agent = person()
    call = [{"name": {"var": "first_names"}, "phone": {"var": "phone"}}]
    plan = circuit(key="hearing", kind="hearing", hearing={"call": call})

    def make():
        case = open_case(circuit=plan)
        cases.take(case, actor=agent)
        cases.enlist(case, actor=agent, hearing=hearing)
        return case, agent

    return make


def test_listed_case_calls_applicant_and_witness(heard, deliver_all):
    case, _agent = heard()
    deliver_all()
    convocation = Delivery.objects.get(kind="hearing.convocation", channel="sms")
    at = datetime.fromisoformat(case.events.get(action="consult").data["hearing"])
    assert (
        f"{at.astimezone(ZoneInfo(case.office.time_zone)):%d/%m/%Y %H:%M}, Salle 2"
        in convocation.body
    )
    assert Delivery.objects.filter(kind="hearing.witness").count() == 1
    assert case.events.get(action="consult").data["room"] == "Salle 2"


def held_today(hearing):
    """Let the day of the hearing come."""
    Hearing.objects.filter(pk=hearing.pk).update(starts_at=timezone.now())
    hearing.refresh_from_db()


def test_nothing_is_decided_before_the_day_of_the_hearing(heard, hearing, client):
    (case, agent), item = heard(), hearing.items.get()
    sign_in(client, agent)
    page = reverse("backoffice:hearing", args=[hearing.pk])
    assert f'name="outcome-{item.pk}"' not in client.get(page).text
    answer = client.post(page, {f"outcome-{item.pk}": "favourable"})
    assert answer.status_code == 422
    assert "déplacez-la d&#x27;abord" in answer.text
    with pytest.raises(BadRequest):
        cases.complete(case, actor=agent, outcome="favourable")
    held_today(hearing)
    assert f'name="outcome-{item.pk}"' in client.get(page).text
    cases.complete(case, actor=agent, outcome="favourable")


def test_cases_of_a_hearing_are_decided_together_with_one_minutes(heard, hearing, deliver_all):
    (first, agent), (second, _), (third, _) = heard(), heard(), heard()
    held_today(hearing)
    one, two, three = hearing.items.all()
    results = {
        one.pk: {"outcome": "favourable"},
        two.pk: {"outcome": "rejected", "reason": "Témoins absents", "motive": "not_found"},
        three.pk: {"outcome": "adjourned"},
    }
    found = cases.hold_hearing(hearing, by=agent, results=results, present="A. Notable")
    assert [bool(result.error) for result in found] == [False, False, True]
    hearing.refresh_from_db()
    assert hearing.status == "planned"
    results = {three.pk: {"outcome": "adjourned", "reason": "À revoir"}}
    cases.hold_hearing(hearing, by=agent, results=results, present="A. Notable\nB. Notable")
    deliver_all()
    cases.hold_hearing(hearing, by=agent, results=results, present="")  # the page loaded again
    hearing.refresh_from_db()
    assert (hearing.status, hearing.present) == ("held", "A. Notable\nB. Notable")
    assert hearing.minutes_number.endswith("/PV/000001")
    assert IssuedDocument.objects.filter(series="PV").count() == 1
    for case, stage in ((first, "signature"), (second, "signature"), (third, "hearing")):
        case.refresh_from_db()
        assert case.stage == stage
    assert second.decision.outcome == "refused"
    assert third.events.get(action="step_back").note == "À revoir"
    assert "reporté" in Delivery.objects.get(kind="case.stage_again", channel="sms").body


def test_whoever_holds_the_hearing_decides_what_a_colleague_prepared(heard, hearing, person):
    case, _agent = heard()
    colleague, item = person(), hearing.items.get()
    held_today(hearing)
    (result,) = cases.hold_hearing(
        hearing, by=colleague, results={item.pk: {"outcome": "favourable"}}
    )
    assert result.error == ""
    assert case.tasks.get(stage=item.task.stage).done_by == colleague
    given = case.events.get(action="assign")
    assert (given.actor, given.data["method"]) == (None, "hearing")


def test_cancelled_hearing_frees_its_cases_and_says_why(heard, hearing, deliver_all):
    case, agent = heard()
    deliver_all()
    with pytest.raises(BadRequest):
        cases.cancel_hearing(hearing, by=agent, reason=" ")
    cases.cancel_hearing(hearing, by=agent, reason="Salle fermée")
    deliver_all()
    assert not HearingItem.objects.exists()
    assert Hearing.objects.get().status == "cancelled"
    for kind in ("hearing.cancelled", "hearing.witness_cancelled"):
        assert "ne venez pas" in Delivery.objects.get(kind=kind, channel="sms").body
    assert case.tasks.get(status=TaskStatus.OPEN).stage == "hearing"
    assert tracking.overview(case, "fr")["setback"].note.endswith("Salle fermée")


def test_moved_hearing_calls_everybody_anew_and_says_what_it_replaces(heard, hearing, deliver_all):
    case, agent = heard()
    deliver_all()
    later = {"starts_at": hearing.starts_at + timedelta(days=1), "room": "Salle 3"}
    for wrong in (
        {"starts_at": hearing.starts_at, "room": hearing.room},
        later | {"starts_at": timezone.now()},
    ):
        with pytest.raises(BadRequest):
            cases.move_hearing(hearing, by=agent, reason="Travaux", **wrong)
    cases.move_hearing(hearing, by=agent, reason="Travaux", **later)
    deliver_all()
    for kind in ("hearing.convocation", "hearing.witness"):
        first, second = Delivery.objects.filter(kind=kind, channel="sms").order_by("pk")
        assert "Salle 3" in second.body
        assert "remplace" in second.body
        assert "remplace" not in first.body
    assert case.events.get(action="hearing_moved").note == "Travaux"
    assert expected.hearing_for(case).room == "Salle 3"
