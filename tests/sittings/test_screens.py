"""The sitting at the desk, without JavaScript: prepared, frozen, read, decided, passed on."""

import io
from datetime import timedelta

import pyzipper
from django.utils import timezone

from eservices.sittings import services
from eservices.sittings.models import Sitting
from portal.audit.models import AuditLine
from tests.documents.samples import letters, read
from tests.sittings.conftest import browser, member, url


def test_a_council_is_held_from_the_desk(bring, clerk, head):
    case, other = bring(), bring(title="Projet de décret portant B")
    desk, chief = browser(clerk), browser(head)
    # A ministry files one dossier after the other: the second is no duplicate of the first.
    assert "même démarche" not in desk.get(url("case", other.reference)).text
    start = timezone.localtime() - timedelta(hours=2)
    typed = {
        "body": "Conseil des ministres", "office": str(clerk.office_memberships.get().office_id),
        "starts_at": f"{start:%Y-%m-%dT%H:%M}", "place": "Ouagadougou",
        "chair": "Le Président du Faso",
    }  # fmt: skip
    assert desk.post(url("sittings"), {**typed, "starts_at": "hier"}).status_code == 422
    assert desk.post(url("sittings"), typed).status_code == 302
    sitting = Sitting.objects.get()

    def act(client, name, **data):
        return client.post(url("sitting_action", sitting.pk, name), data, follow=True)

    page = desk.get(url("sitting", sitting.pk)).content.decode()
    assert case.reference in page
    assert other.reference in page
    act(desk, "add", case=case.reference)
    act(desk, "add", case=other.reference)
    act(desk, "move", item=str(sitting.items.last().pk), up="1")
    assert sitting.items.first().case == other
    assert "agent" in act(desk, "invite", email="personne@guichet.example").content.decode()
    minister = member("bf-sante", "chief", email="ministre@guichet.example")
    act(desk, "invite", email="ministre@guichet.example")
    assert browser(minister).get(url("sitting", sitting.pk)).status_code == 404
    act(desk, "freeze")
    sitting.refresh_from_db()
    assert sitting.is_draft  # an agent may not
    act(chief, "freeze")
    seat = browser(minister)
    assert seat.get(url("sitting", sitting.pk)).status_code == 200
    assert seat.post(url("sitting_action", sitting.pk, "close")).status_code == 404
    assert seat.post(url("sitting_pack", sitting.pk), {"password": "court"}).status_code == 302
    made = seat.post(url("sitting_pack", sitting.pk), {"password": "karité et mil"})
    assert made.content.startswith(b"PK")
    for item in sitting.items.all():
        address = url("sitting_decision", sitting.pk, item.pk)
        assert seat.get(address).status_code == 404
        assert desk.post(address, {"verdict": "reserved"}).status_code == 422
        assert desk.post(address, {"verdict": "adopted", "text": "Adopté."}).status_code == 302
    end = timezone.localtime()
    act(chief, "close", ends_at=f"{end:%Y-%m-%d %H:%M}")
    assert chief.get(url("sitting_minutes", sitting.pk))["Content-Type"] == "application/pdf"
    act(chief, "publish")
    sitting.refresh_from_db()
    assert sitting.status == "published"
    follow = desk.get(url("follow_up"), {"q": case.reference}).content.decode()
    assert case.reference in follow
    assert other.reference not in follow
    done = {"item": str(sitting.items.last().pk), "state": "done"}
    assert desk.post(url("follow_up"), done).status_code == 302
    assert seat.post(url("follow_up"), done | {"state": "pending"}).status_code == 302
    assert sitting.items.last().execution == "done"  # a member reads, and writes nothing
    assert desk.post(url("follow_up"), {"item": "x"}).status_code == 404


def test_what_was_rejected_is_found_by_day_and_decision(bring, sitting, clerk, head):
    kept, lost = bring(), bring(title="Projet rejeté")
    items = [services.add_item(sitting, one, actor=clerk) for one in (kept, lost)]
    services.freeze(sitting, actor=head)
    services.decide(items[0], actor=clerk, verdict="adopted")
    services.decide(items[1], actor=clerk, verdict="rejected", text="Coût")
    services.close(sitting, actor=head, ends_at=timezone.now())
    desk, day = browser(clerk), timezone.localdate(sitting.starts_at).isoformat()

    def found(**wanted):
        page = desk.get(url("follow_up"), wanted)
        return page.status_code, {item.case for item in page.context["items"]}

    assert found() == (200, {kept, lost})
    assert found(since=day, until=day) == (200, {kept, lost})
    assert found(verdict="rejected", q="coût") == (200, {lost})
    assert found(until="2020-01-01") == (200, set())
    assert found(state="pending") == (200, {kept})
    assert found(since="hier", verdict="perdu") == (422, {kept, lost})


def test_a_secret_dossier_is_a_number_for_who_is_not_of_its_chain(bring, sitting, clerk, head):
    secret = bring(title="Projet très secret", classification="secret",
                   readers=[{"reader": head.email}])  # fmt: skip
    secret.tasks.filter(role="agent").update(actor_only=True)
    colleague = member("bf-sggcm", email="autre@guichet.example")
    minister = member("bf-sante", "chief", email="sante@guichet.example")
    other, page = browser(colleague), url("sitting", sitting.pk)
    assert "très secret" not in other.get(page).text
    item = services.add_item(sitting, secret, actor=clerk)
    seat = services.add_member(sitting, minister, actor=clerk)
    letter = url("convocation", sitting.pk, seat.pk)
    assert other.get(letter).status_code == 404  # nobody is called yet
    services.freeze(sitting, actor=head)
    assert "très secret" not in other.get(page).text
    assert other.get(url("sitting_decision", sitting.pk, item.pk)).status_code == 404
    assert secret.reference not in other.get(page).text
    for reader, knows in ((other, False), (browser(minister), True)):
        made = reader.post(url("sitting_pack", sitting.pk), {"password": "karité et mil"})
        with pyzipper.AESZipFile(io.BytesIO(made.content)) as archive:
            archive.setpassword("karité et mil".encode())
            assert ("très secret" in archive.read("index.html").decode()) is knows
            assert any("dossier.html" in name for name in archive.namelist()) is knows
        sheet = letters(read(reader.get(url("sitting_agenda", sitting.pk)).content))
        assert ("trèssecret" in sheet.replace(" ", "")) is knows
        assert "arrêté" in sheet
    printed = AuditLine.objects.filter(act="sitting.agenda_printed")
    assert set(printed.values_list("actor_key", flat=True)) == {colleague.pk, minister.pk}
    said = letters(read(other.get(letter).content))
    assert "Ouagadougou" in said
    assert "secret" not in said
    services.decide(item, actor=clerk, verdict="adopted")
    services.close(sitting, actor=head, ends_at=timezone.now())
    assert other.get(url("sitting_minutes", sitting.pk)).status_code == 404
    assert "très secret" not in other.get(page).text + other.get(url("follow_up")).text
    assert "très secret" in browser(clerk).get(url("follow_up")).text


def test_a_stranger_finds_no_sitting(sitting):
    stranger = browser(member("bf-economie"))
    for name in ("sitting", "sitting_pack", "sitting_minutes"):
        answer = stranger.post if name == "sitting_pack" else stranger.get
        assert answer(url(name, sitting.pk)).status_code == 404
    assert "Conseil des ministres" not in stranger.get(url("sittings")).content.decode()
