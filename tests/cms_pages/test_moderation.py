"""An author writes, a reviewer asks for changes then approves, a publisher publishes; each is told."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import GroupApprovalTask, Page, TaskState

from cms_pages import roles, satisfaction
from cms_pages.models import ProcedurePage
from cms_pages.services import record_vote
from portal.accounts import services
from tests.people import make_agent, sign_in

pytestmark = pytest.mark.django_db
SUMMARY = "Un résumé plus clair."


@pytest.fixture
def desk_of(site):
    """`desk_of("Reviewers")` is the CMS as a member of that group uses it."""

    def enter(group: str) -> Client:
        user = services.create_person(
            full_name=group, email=f"{group.lower()}@guichet.example", groups=[group]
        )
        client = Client(headers={"host": "localhost"})
        sign_in(client, user)
        return client

    return enter


def write(client: Client, guide: ProcedurePage, action: str) -> None:
    page = guide.get_latest_revision_as_object()
    form = {
        "title": page.title, "slug": page.slug, "summary": SUMMARY, "keywords": page.keywords,
        "audiences": page.audiences, "who": page.who, "identifier": page.identifier,
        "status": page.status, "time_unit": page.time_unit, "time_min": page.time_min or "",
        "authority": page.authority_id, "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
        "steps-count": "0", "body-count": "0", action: "1",
    }  # fmt: skip
    for rows in ("requirements", "evidences", "costs", "channels", "outputs", "legal_resources"):
        form |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    response = client.post(reverse("wagtailadmin_pages:edit", args=[guide.pk]), form)
    assert response.status_code == 302, response.context["form"].errors


def decide(client: Client, guide: ProcedurePage, action: str, comment: str = "") -> int:
    state = guide.current_workflow_state.current_task_state
    address = reverse("wagtailadmin_pages:workflow_action", args=[guide.pk, action, state.pk])
    return client.post(address, {"comment": comment}).status_code


def test_a_change_goes_from_author_to_reviewer_to_publisher(
    desk_of, guide, visitor, django_capture_on_commit_callbacks
):
    author, reviewer, publisher = map(desk_of, ["Editors", "Reviewers", "Publishers"])
    with django_capture_on_commit_callbacks(execute=True):
        write(author, guide, "action-submit")
    assert SUMMARY not in visitor.get(guide.url).content.decode()
    assert {m.to[0] for m in mail.outbox} >= {"reviewers@guichet.example"}
    assert "Relecture" in mail.outbox[-1].body

    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        decide(reviewer, guide, "reject", "Précisez le prix.")
    assert [m.to[0] for m in mail.outbox] == ["editors@guichet.example"]
    assert "Précisez le prix." in mail.outbox[0].body

    write(author, guide, "action-restart-workflow")
    decide(reviewer, guide, "approve")
    assert SUMMARY not in visitor.get(guide.url).content.decode()  # a reviewer does not publish
    assert guide.current_workflow_state.current_task_state.task.name == "Publication"
    assert decide(reviewer, guide, "approve") in {302, 403}
    assert SUMMARY not in visitor.get(guide.url).content.decode()

    decide(publisher, guide, "approve")
    assert SUMMARY in visitor.get(guide.url).content.decode()
    assert TaskState.objects.filter(status="rejected", comment="Précisez le prix.").exists()


def test_installing_again_leaves_the_moderation_that_was_chosen(site, guide):
    GroupApprovalTask.objects.filter(name="Relecture").update(name="Lecture juridique")
    roles.install(guide.get_root())
    names = list(GroupApprovalTask.objects.values_list("name", flat=True))
    assert sorted(names) == ["Lecture juridique", "Publication"]


@pytest.mark.parametrize("group", ["Editors", "Reviewers", "Publishers"])
def test_writers_see_no_case_and_their_cms_is_ours(desk_of, guide, group):
    client = desk_of(group)
    for address in ("/agent/", "/agent/recherche/"):
        assert client.get(address).status_code in {403, 404}
    html = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "cms-admin.css" in html
    assert "guide.wagtail.org" not in html
    assert client.get(reverse("wagtailadmin_pages:edit", args=[guide.pk])).status_code == 200


def test_agents_edit_no_page(site, guide, client):
    sign_in(client, make_agent())
    response = client.get(reverse("wagtailadmin_pages:edit", args=[guide.pk]))
    assert response.status_code in {302, 403}


def test_every_kind_of_page_can_be_previewed(site):
    """What an editor has typed and not saved is shown, whatever the type of page."""
    kinds = {}
    for page in Page.objects.filter(depth__gt=1, locale__language_code="fr").specific():
        kinds.setdefault(type(page), page)
    faults = []
    for kind, page in kinds.items():
        typed = kind.from_serializable_data(page.serializable_data())
        typed.title = "Titre en cours"
        for language in ("fr", "ar"):
            with translation.override(language):
                answer = typed.make_preview_request()
            if answer.status_code != 200:
                faults.append((kind.__name__, language, answer.status_code))
    assert len(kinds) >= 10
    assert faults == []


def test_the_league_puts_first_what_helps_least(site, guide, desk_of, time_machine):
    other = ProcedurePage.objects.get(identifier="SV-02", locale=guide.locale)

    def vote(page, yes: int, no: int, comment: str = "") -> None:
        for number in range(yes + no):
            record_vote(page, is_helpful=number < yes, comment=comment if number >= yes else "")

    time_machine.move_to(timezone.now() - timedelta(days=120))
    vote(guide, 9, 1)
    time_machine.move_to(timezone.now() + timedelta(days=120))
    vote(guide, 2, 3, "Le prix manque.")
    vote(other, 5, 0)
    vote(other.get_parent(), 1, 3)  # too few to say anything

    pages = list(satisfaction.league())
    found = satisfaction.standings(pages)
    assert [page.pk for page in pages] == [guide.pk, other.pk]
    standing = found[guide.pk]
    assert (standing.helped, standing.votes, standing.share, standing.change) == (2, 5, 40, -50)
    assert standing.comments == ["Le prix manque."] * 3
    assert found[other.pk].change is None

    html = desk_of("Publishers").get(reverse("satisfaction")).content.decode()
    assert "▼ 50 points de moins" in html
    assert "« Le prix manque. »" in html
