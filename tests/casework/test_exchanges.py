"""Letters with files both ways, canned texts, notes that name colleagues, tasks with a day."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from eservices.attachments import services as attachments
from eservices.cases import letters, tracking
from eservices.cases import services as cases
from eservices.casework import canned, subscribers, teamwork
from eservices.casework.models import CannedText, Errand, Mention
from tests.factories import AgentFactory, CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(office, agent):
    return CaseFactory(office=office, in_review=True, assignee=agent)


def page(name, case, *more):
    return reverse(f"backoffice:{name}", args=[case.reference, *more])


def photo(name="plan.jpg"):
    stream = io.BytesIO()
    Image.effect_noise((900, 700), 60).convert("RGB").save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")


# --- Letters -----------------------------------------------------------------------------------
def test_agent_s_letter_takes_its_file_to_the_applicant(desk, case, agent, client):
    browser = desk(agent)
    browser.post(page("message", case), {"text": "Voici le plan.", "files": [photo()]})
    (file,) = cases_files(case)
    assert file.slot == f"message:{case.messages.get().pk}"
    assert "plan.jpg" in browser.get(page("exchanges", case)).text
    assert "plan.jpg" not in browser.get(page("case", case)).text  # no piece of the request


def test_bad_file_sends_nothing_and_keeps_what_was_typed(desk, case, agent):
    bad = SimpleUploadedFile("x.jpg", b"<script>", content_type="image/jpeg")
    answer = desk(agent).post(page("message", case), {"text": "Voici", "files": [photo(), bad]})
    assert answer.status_code == 422
    assert "Voici</textarea>" in answer.text
    assert [line["href"] for line in answer.context["faults"]] == ["#id_files"]
    assert (case.messages.count(), cases_files(case)) == (0, [])


def test_a_letter_that_is_too_long_is_refused_whole_never_cut(desk, case, agent):
    long = "mot " * 1300
    answer = desk(agent).post(page("message", case), {"text": long})
    assert answer.status_code == 422
    assert "5199 signes" in answer.text.replace("\u202f", "").replace("\xa0", "")
    assert "maxlength" not in str(answer.context["message_form"]["text"])
    assert (answer.text.count("mot mot"), case.messages.count()) == (650, 0)


def test_applicant_s_letter_becomes_a_task_of_whoever_has_the_case(case, agent):
    for text in ("Bonjour", "Encore moi"):
        message = letters.write(case, text=text, author=None)
        subscribers.ask_to_answer(case.pk, message.pk)
    errand = Errand.objects.get()
    assert (errand.assignee, errand.case) == (agent, case)


def test_canned_text_speaks_the_applicant_s_language_and_is_filled_in(desk, case, agent, office):
    case.language = "ar"
    case.save()
    text = CannedText.objects.create(
        name="Rendez-vous",
        text={"fr": "Bonjour {applicant}", "ar": "مرحبا {applicant} {reference}"},
    )
    CannedText.objects.create(name="Ailleurs", office=AgentFactory().offices().get(), text={})
    browser = desk(agent)
    shown = browser.get(page("exchanges", case)).text
    assert "Rendez-vous" in shown
    assert "Ailleurs" not in shown
    posted = {"_insert": "1", "canned": text.pk, "text": "Mon mot."}
    answer = browser.post(page("message", case), posted).text
    assert f"مرحبا {case.applicant_name} {case.reference}" in answer
    assert "Mon mot." in answer
    assert case.messages.count() == 0
    assert canned.unknown_places({"fr": "{applicant} {amount}"}) == ["amount"]


@pytest.mark.parametrize(
    ("kind", "view", "field"), [("complement", "ask", "message"), ("refusal", "propose", "reason")]
)
def test_correction_and_refusal_take_canned_texts_too(desk, office, agent, kind, view, field):
    case = CaseFactory(office=office, in_review=True, assignee=agent, language="ar")
    text = CannedText.objects.create(
        name="x", kind=kind, text={"fr": "Non", "ar": "لا {reference}"}
    )
    browser = desk(agent)
    typed = {"_insert": "1", "canned": text.pk, field: "Mon mot.", "ask": ["field:last_name"]}
    answer = browser.post(page(view, case), typed)
    assert answer.context["form"].initial[field] == f"Mon mot.\n\nلا {case.reference}"
    assert "g-errors" not in answer.text
    if view == "ask":
        assert answer.context["form"].initial["ask"] == ["field:last_name"]
    case.refresh_from_db()
    assert case.status == "in_review"


def cases_files(case):
    return list(attachments.for_owner(cases.attachment_owner(case)))


# --- Notes and mentions ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Amina Farah regarde", {"Amina Farah"}),
        ("@amina regarde", {"Amina Farah", "Amina Omar"}),
        ("@Amina Farah et @Amina Omar", {"Amina Farah", "Amina Omar"}),
        ("écris à x@idriss.dj", {"Idriss Élmi"}),
        ("@Idriss Elmi, merci", {"Idriss Élmi"}),
        ("Amina sans arobase, @personne", set()),
    ],
)
def test_who_is_named_in_a_note(db, text, named):
    people = [AgentFactory(full_name=name) for name in ("Amina Farah", "Amina Omar", "Idriss Élmi")]
    assert {str(person) for person in teamwork.named_in(text, people)} == named


def test_colleague_named_in_a_note_finds_it_on_the_desk_until_seen(desk, case, agent, office):
    other = AgentFactory(office=office, full_name="Idriss Waberi")
    stranger = AgentFactory(full_name="Zahra")
    desk(agent).post(page("note", case), {"note": "@Idriss et @Zahra : la date ?"})
    assert list(Mention.objects.values_list("user", flat=True)) == [other.pk]
    browser = desk(other)
    assert "la date ?" in browser.get(reverse("backoffice:todo")).text
    assert '<span class="g-badge">1</span>' in browser.get(reverse("backoffice:queue")).text
    browser.post(page("reason", case), {"why": "help"})
    browser.get(page("exchanges", case))
    assert Mention.objects.get().seen_at is not None
    assert "g-badge" not in browser.get(reverse("backoffice:queue")).text
    assert desk(stranger).get(page("exchanges", case)).status_code == 404


def test_applicant_never_reads_a_note(case, agent):
    teamwork.write_note(case, author=agent, text="Doute sur la pièce")
    assert "Doute" not in str(tracking.overview(case, "fr"))


# --- Tasks -------------------------------------------------------------------------------------
def test_task_is_given_to_a_colleague_until_a_day_and_done(desk, case, agent, office):
    other = AgentFactory(office=office)
    tomorrow = timezone.localdate() + timedelta(days=1)
    browser = desk(agent)
    typed = {"what": "Appeler la mairie", "who": other.pk, "due": tomorrow.isoformat()}
    assert browser.post(page("errand", case), typed | {"due": "2020-01-01"}).status_code == 422
    assert browser.post(page("errand", case), typed | {"who": "999999"}).status_code == 422
    browser.post(page("errand", case), typed)
    errand = Errand.objects.get()
    assert "Appeler la mairie" in desk(other).get(reverse("backoffice:todo")).text
    browser.post(page("errand_done", case, errand.pk))
    errand.refresh_from_db()
    assert errand.done_by == agent
    assert browser.post(page("errand_done", case, errand.pk + 1)).status_code == 404


def test_writing_needs_the_reason_too(desk, case, office):
    other = AgentFactory(office=office)
    answer = desk(other).post(page("note", case), {"note": "Je passe"})
    assert answer.templates[0].name == "backoffice/reason.html"
    assert not case.notes.exists()
