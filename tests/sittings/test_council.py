"""SV-12 in the Council of ministers (journey J8): visas, agenda, pack, decisions, report."""

import hashlib
import io
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import pyzipper
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from pypdf import PdfReader

from cms_pages.models import NewsPage
from cms_pages.sample import load_sample_pages
from eservices.attachments.models import Attachment, ScanStatus
from eservices.cases import services as cases
from eservices.cases.jobs import run_timers
from eservices.cases.models import Case, TaskTimer
from eservices.registers.models import RegisterEntry
from eservices.sittings import agenda, pack, papers, services
from eservices.sittings.errors import SittingError
from eservices.sittings.models import AgendaItem, Sitting
from portal.outbox.models import OutboxMessage
from tests.documents.samples import read
from tests.people import sign_in
from tests.sittings.conftest import file_as, give_visa, member


def put(sitting, clerk, *dossiers):
    return [services.add_item(sitting, case, actor=clerk) for case in dossiers]


def hold(sitting, head, *items, verdict="adopted", **more):
    services.freeze(sitting, actor=head)
    for item in items:
        services.decide(item, actor=head, verdict=verdict, **more)
    return services.close(sitting, actor=head, ends_at=timezone.now())


def test_the_ministry_is_that_of_the_account_and_silence_is_recorded(file_dossier, clerk):
    last = timezone.localdate() + timedelta(days=20)  # what the dossier asks, not the usual delay
    case = file_dossier(consulted_by=last.isoformat())
    assert case.answers["ministry"] == "Ministère de l'Agriculture"
    assert agenda.waiting(case.office, clerk) == []
    for office, role, outcome in (
        ("bf-agri-sg", "chief", "favourable"),
        ("bf-agri-cabinet", "agent", "favourable"),
        ("bf-agri-cabinet", "chief", "favourable"),
        ("bf-sggcm", "agent", "accepted"),
    ):
        give_visa(case, member(office, role), office, outcome)
    asked = case.tasks.filter(status="open")
    assert {task.stage for task in asked} == {"economy", "health"}
    ends = TaskTimer.objects.filter(task__in=asked, do="record").values_list("due_at", flat=True)
    assert {timezone.localtime(end, ZoneInfo(case.office.time_zone)).date() for end in ends} == {
        last
    }
    with time_machine.travel(max(ends) + timedelta(minutes=1), tick=False):
        run_timers()
    assert set(
        case.tasks.filter(stage__in=["economy", "health"]).values_list("outcome", flat=True)
    ) == {"silence"}
    assert case.tasks.get(status="open").stage == "preparation"


def test_a_dossier_goes_through_its_own_ministry_and_is_not_sent_back_to_it(council):
    """Another ministry signs by its own chief, and is not asked about its own dossier."""
    case = file_as(member("bf-sante"), council, consulted=["sante", "agriculture"])
    give_visa(case, member("bf-sante", "chief"), "bf-sante", "favourable")
    give_visa(case, member("bf-sggcm"), "bf-sggcm", "accepted")
    assert [task.stage for task in case.tasks.filter(status="open")] == ["agriculture"]


def test_only_a_dossier_at_the_stage_of_the_body_waits_for_it(file_dossier, bring, sitting, clerk):
    early, ready = file_dossier(), bring()
    assert [case.pk for case, _heading in agenda.waiting(sitting.office, clerk)] == [ready.pk]
    with pytest.raises(SittingError):
        services.add_item(sitting, early, actor=clerk)
    put(sitting, clerk, ready)
    assert agenda.waiting(sitting.office, clerk) == []
    with pytest.raises(SittingError):
        services.add_item(sitting, ready, actor=clerk)


def test_a_decided_case_waits_for_no_other_sitting_until_its_own_is_over(
    bring, sitting, clerk, head
):
    case = bring()
    item = put(sitting, clerk, case)[0]
    services.freeze(sitting, actor=head)
    services.decide(item, actor=clerk, verdict="adjourned")
    assert agenda.waiting(sitting.office, clerk) == []
    later = services.create(
        office=sitting.office, actor=clerk, body="Conseil", place="Ouagadougou",
        starts_at=timezone.now() + timedelta(days=7), chair="Le Président",
    )  # fmt: skip
    with pytest.raises(SittingError):
        services.add_item(later, case, actor=clerk)
    services.close(sitting, actor=head, ends_at=timezone.now())
    assert services.add_item(later, case, actor=clerk).sitting == later


def test_the_agenda_is_ordered_then_frozen_by_the_chief(bring, sitting, clerk, head):
    first, second = put(sitting, clerk, bring(), bring(title="Projet de décret portant B"))
    services.move_item(second, actor=clerk, step=-1)
    assert [one.pk for one in sitting.items.all()] == [second.pk, first.pk]
    with pytest.raises(SittingError):
        services.freeze(sitting, actor=clerk)
    services.freeze(sitting, actor=head)
    sitting.refresh_from_db()
    assert sitting.digest == agenda.digest(sitting)
    late = bring(title="Projet de décret portant C")
    for attempt in (
        lambda: services.move_item(first, actor=clerk, step=-1),
        lambda: services.remove_item(first, actor=clerk),
        lambda: services.add_item(sitting, late, actor=clerk, late_reason="Urgence"),
        lambda: services.add_item(sitting, late, actor=head),
        lambda: services.freeze(sitting, actor=head),
    ):
        with pytest.raises(SittingError):
            attempt()
    item = services.add_item(sitting, late, actor=head, late_reason="Urgence sanitaire")
    assert item.late_reason == "Urgence sanitaire"


def test_one_button_puts_the_items_of_a_ministry_together(bring, sitting, clerk, head):
    items = put(sitting, clerk, *(bring(title=f"Projet de décret portant {n}") for n in "ABCD"))
    for item, ministry in zip(items, ("Santé", "Agriculture", "Santé", "Agriculture"), strict=True):
        sitting.items.filter(pk=item.pk).update(group=ministry)
    services.move_item(items[2], actor=clerk, step=-5)  # the later of the two, first of all
    services.sort_by_group(sitting, actor=clerk)
    letters = [item.title[-1] for item in sitting.items.all()]
    assert letters == ["A", "C", "B", "D"]  # Health stood first; within it, what was filed first
    services.sort_by_group(sitting, actor=clerk)
    assert [item.title[-1] for item in sitting.items.all()] == letters
    services.move_item(items[3], actor=clerk, step=-1)
    services.freeze(sitting, actor=head)
    with pytest.raises(SittingError):
        services.sort_by_group(sitting, actor=head)
    services.add_member(sitting, member("bf-sante", "chief"), actor=clerk)
    text = " ".join(read(papers.convocation(sitting.members.get())).split())
    places = [text.index(f"portant {letter}") for letter in "ACDB"]
    assert places == sorted(places)


def test_a_visa_bears_the_function_of_the_day_it_was_given(file_dossier, council, clerk):
    case = file_dossier()
    secretary = member("bf-agri-sg", "chief", full_name="Germaine Tiendrébéogo")
    seat = secretary.office_memberships
    seat.update(function="Secrétaire générale")
    task = case.tasks.get(status="open")
    cases.take(case, actor=secretary, stage=task.stage)
    reserve = "Revoir l'article 4 avant le Conseil."
    cases.complete(case, actor=secretary, stage=task.stage, outcome="remarks", reason=reserve)
    seat.update(function="Conseillère")
    item = AgendaItem(case=Case.objects.get(pk=case.pk))
    visa = pack.dossier(item)["visas"][0]
    assert (visa["function"], visa["note"]) == ("Secrétaire générale", reserve)
    adviser = Client()
    sign_in(adviser, member("bf-agri-cabinet"))
    page = adviser.get(reverse("backoffice:case", args=[case.reference])).text
    assert "Germaine Tiendrébéogo, Secrétaire générale" in page
    assert escape(reserve) in page
    history = adviser.get(reverse("backoffice:history", args=[case.reference])).text
    assert "Germaine Tiendrébéogo, Secrétaire générale" in history


def test_members_read_from_the_frozen_agenda_on_and_are_called(bring, sitting, clerk, head):
    minister = member("bf-sante", "chief", email="ministre@guichet.example")
    services.add_member(sitting, minister, actor=clerk)
    put(sitting, clerk, bring())
    assert not Sitting.objects.for_agent(minister).exists()
    assert not Sitting.objects.for_agent(member("bf-economie")).exists()
    services.freeze(sitting, actor=head)
    assert Sitting.objects.for_agent(minister).get() == sitting
    assert not Sitting.objects.for_agent(member("bf-economie")).exists()


def test_the_pack_names_a_piece_that_the_virus_scan_holds(bring, sitting, clerk, head):
    case = bring()
    Attachment.objects.update(scan_status=ScanStatus.QUARANTINED)
    put(sitting, clerk, case)
    made = pack.build(sitting, reader=head, password="karité et mil 2026")
    archive = pyzipper.AESZipFile(io.BytesIO(made.content))
    archive.setpassword("karité et mil 2026".encode())
    dossier = archive.read(f"01-{case.reference.lower()}/dossier.html").decode()
    assert "attend l’analyse antivirus" in dossier
    assert not [name for name in archive.namelist() if name.endswith("rapport.pdf")]


def test_the_pack_opens_without_network_and_each_reading_is_recorded(bring, sitting, clerk, head):
    case = bring()
    put(sitting, clerk, case)
    services.freeze(sitting, actor=head)
    sitting.refresh_from_db()
    made = pack.build(sitting, reader=head, password="karité et mil 2026")
    archive = pyzipper.AESZipFile(io.BytesIO(made.content))
    with pytest.raises(RuntimeError):
        archive.read("index.html")
    archive.setpassword("karité et mil 2026".encode())
    sums = dict(
        reversed(line.split("  ")) for line in archive.read("SHA256SUMS").decode().splitlines()
    )
    assert set(sums) == set(archive.namelist()) - {"SHA256SUMS"}
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    index = archive.read("index.html").decode()
    folder = f"01-{case.reference.lower()}"
    dossier = archive.read(f"{folder}/dossier.html").decode()
    for text in ("Mathias Tarpaga", case.reference, sitting.digest):
        assert text in index
    for text in ("karité", "Économie et Finances", "Favorable", 'href="01-rapport.pdf"'):
        assert text in dossier
    assert "http" not in index + dossier
    piece = PdfReader(io.BytesIO(archive.read(f"{folder}/01-rapport.pdf"))).pages[0]
    assert "Mathias Tarpaga" in piece.extract_text()  # every page says whose copy it is
    assert case.readings.filter(reader=head, what="session pack").exists()


def test_decisions_move_the_cases_and_make_the_minutes(bring, sitting, clerk, head):
    kept, lost, later = bring(), bring(title="Projet rejeté"), bring(title="Projet ajourné")
    items = put(sitting, clerk, kept, lost, later)
    services.freeze(sitting, actor=head)
    services.decide(items[0], actor=clerk, verdict="reserved", text="Revoir l'article 4", responsible="Agriculture")  # fmt: skip
    services.decide(items[1], actor=clerk, verdict="rejected", text="Coût")
    with pytest.raises(SittingError, match="Projet ajourné"):
        services.close(sitting, actor=head, ends_at=timezone.now())
    services.decide(items[2], actor=clerk, verdict="adjourned")
    with pytest.raises(SittingError):
        services.close(sitting, actor=clerk, ends_at=timezone.now())
    with pytest.raises(SittingError):
        services.close(sitting, actor=head, ends_at=sitting.starts_at - timedelta(hours=1))
    minutes = services.close(sitting, actor=head, ends_at=timezone.now())
    assert minutes.series == "RD"
    for case in (kept, lost, later):
        case.refresh_from_db()
    assert [kept.status, lost.status, later.status] == ["granted", "refused", "in_review"]
    assert lost.decision.motive == "rejected"
    assert agenda.waiting(sitting.office, clerk)[0][0] == later
    with pytest.raises(SittingError):
        services.decide(items[0], actor=clerk, verdict="adopted")
    services.set_execution(
        sitting.items.get(case=kept), actor=clerk, state="done", note="Décret 2026-12"
    )
    with pytest.raises(SittingError):
        services.set_execution(sitting.items.get(case=lost), actor=clerk, state="done")


def test_one_case_that_cannot_be_decided_holds_the_whole_sitting(bring, sitting, clerk, head):
    first, second = bring(), bring(title="Projet retiré entre-temps")
    items = put(sitting, clerk, first, second)
    services.freeze(sitting, actor=head)
    for item in items:
        services.decide(item, actor=head, verdict="adopted")
    other = member("bf-sggcm", "chief")
    cases.take(second, actor=other, reason="x")
    with pytest.raises(SittingError, match=second.reference):
        services.close(sitting, actor=head, ends_at=timezone.now())
    first.refresh_from_db()
    assert first.status == "in_review"
    sitting.refresh_from_db()
    assert sitting.is_frozen


def test_the_report_is_a_draft_page_without_what_is_classified(
    bring, sitting, clerk, head, deliver_all
):
    load_sample_pages()
    public = bring()
    secret = bring(title="Projet confidentiel", classification="confidential")
    abroad = bring(
        nature="mission", title="Mission à Lomé", country="TG", cost=10, delegation="Trois",
        **{"from": (timezone.localdate() + timedelta(days=20)).isoformat(), "to": (timezone.localdate() + timedelta(days=22)).isoformat()},
    )  # fmt: skip
    hold(sitting, head, *put(sitting, clerk, public, secret, abroad))
    with pytest.raises(SittingError):
        services.pass_report_on(sitting, actor=clerk)
    services.pass_report_on(sitting, actor=head)
    with pytest.raises(SittingError):
        services.pass_report_on(sitting, actor=head)
    assert not OutboxMessage.objects.filter(payload__icontains="confidentiel").exists()
    deliver_all()
    page = NewsPage.objects.get(slug__startswith="compte-rendu-")
    assert page.live is False
    text = str(page.body)
    for words in ("I. DÉLIBÉRATIONS", "II. MISSIONS", "karité", "Lomé", "Ministère de l"):
        assert words in text
    assert "onfidentiel" not in text + page.title + page.summary
    entry = RegisterEntry.objects.get(source=f"case:{abroad.access_key}")
    assert entry.key == abroad.reference
    assert papers.report(sitting)["sections"][0]["title"] == "I. DÉLIBÉRATIONS"
