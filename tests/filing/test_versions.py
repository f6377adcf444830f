"""Drafts in flight: a new version of the service, a service that closes."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from eservices.cases.models import Case, CaseStatus
from eservices.catalog import opening
from eservices.catalog import services as catalog
from eservices.filing import closing
from eservices.filing.models import Draft
from portal.notifications.models import Delivery
from tests.filing.test_way import fill, send, start
from tests.sample_spec import sample_definition


def publish(change):
    definition = sample_definition()
    change(definition)
    return catalog.publish(definition)


def add_question(definition):
    field = {"key": "mother_name", "type": "text", "label": {"fr": "Nom de la mère"}}
    definition["steps"][0]["fields"].insert(1, field)


def news(client, draft):
    response = client.get(reverse("filing:check", args=[draft.pk]))
    assert response.url == reverse("filing:news", args=[draft.pk])
    return client.get(response.url).content.decode()


def test_change_that_asks_nothing_of_the_person_passes_unseen(client, version, photo):
    draft = fill(client, photo)
    assert publish(lambda one: one.update(summary={"fr": "Autre texte."})).number == 2
    assert client.get(reverse("filing:check", args=[draft.pk])).status_code == 200
    send(client, draft)
    assert Case.objects.get().version.number == 2


def test_only_the_new_question_is_asked_and_the_rest_is_kept(client, version, photo):
    draft = fill(client, photo)
    publish(add_question)
    page = news(client, draft)
    assert "Nom de la mère" in page
    assert 'name="mother_name"' in page
    assert 'name="last_name"' not in page
    url = reverse("filing:news", args=[draft.pk])
    assert client.post(url, {"mother_name": ""}).status_code == 422
    response = client.post(url, {"mother_name": "Hawa Abdi"})
    assert response.url == reverse("filing:check", args=[draft.pk])
    send(client, draft)
    case = Case.objects.get()
    assert (case.answers["last_name"], case.answers["mother_name"]) == ("Abdi", "Hawa Abdi")
    assert case.version.number == 2


def test_answer_that_no_longer_holds_is_asked_again(client, version, photo):
    draft = fill(client, photo)
    publish(lambda one: one["steps"][1]["fields"][0].update(max=1))
    page = news(client, draft)
    assert 'name="copies"' in page
    assert 'name="reason"' not in page


def test_question_document_and_price_that_changed_are_named(client, version, photo):
    draft = fill(client, photo)

    def change(one):
        del one["steps"][0]["fields"][1]
        one["pieces"].append({"key": "photo", "label": {"fr": "Photo d’identité"}})
        one["fees"][0]["unit"] = 900

    publish(change)
    page = news(client, draft)
    assert all(text in page for text in ("Prénoms", "Photo d’identité", "Nouveau prix"))
    assert "ne sera pas envoyée" in page  # the answer that is dropped
    client.post(reverse("filing:news", args=[draft.pk]))
    assert client.get(reverse("filing:check", args=[draft.pk])).status_code == 200
    assert send(client, draft).url == reverse("filing:pieces", args=[draft.pk])


def test_what_is_typed_under_the_old_version_is_kept_before_the_new_one_is_told(client, version):
    draft = start(client)
    publish(add_question)
    person = {"last_name": "Zoé", "first_names": "A", "phone": "77 12 34 56"}
    client.post(reverse("filing:step", args=[draft.pk, "person"]), person)
    assert "Nom de la mère" in news(client, draft)
    assert Draft.objects.get().answers["last_name"] == "Zoé"


def test_answer_of_another_type_stays_when_it_can_be_read():
    from eservices.formdefs import engine

    old = engine.compile(sample_definition())
    changed = sample_definition()
    changed["steps"][1]["fields"][0] = {"key": "copies", "type": "text", "label": {"fr": "N"}}
    changed["steps"][0]["fields"][0] = {"key": "last_name", "type": "integer", "label": {"fr": "N"}}
    kept = engine.keep(old, engine.compile(changed), {"copies": 2, "last_name": "Abdi"})
    assert "last_name" not in kept


def test_people_with_drafts_are_told_of_the_closing_once(client, version, photo, deliver_all):
    fill(client, photo)
    eservice = version.eservice
    eservice.closes_at = timezone.now() + timedelta(days=3)
    eservice.save()
    assert closing.tell_closing() == 1
    assert closing.tell_closing() == 0
    eservice.closes_at = timezone.now() - timedelta(minutes=1)
    eservice.save()
    assert closing.tell_closing() == 1
    kinds = Delivery.objects.values_list("kind", "to")
    assert set(kinds) == {("draft.closing", "+25377123456"), ("draft.closed", "+25377123456")}


def test_suspending_is_told_at_once_each_time_and_so_is_opening_again(
    client, version, photo, deliver_all
):
    draft = fill(client, photo)
    quiet = {"by": None, "opens_at": None, "closes_at": None, "message": {"fr": "En panne."}}
    for is_suspended in (True, False, True, True):
        opening.change(version.eservice, is_suspended=is_suspended, **quiet)
        deliver_all()
    kinds = Delivery.objects.filter(channel="sms").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["draft.closed", "draft.reopened", "draft.closed"]
    page = client.get(reverse("filing:step", args=[draft.pk, "person"])).content.decode()
    assert "En panne." in page
    assert 'value="Abdi"' in page


def test_full_quota_is_told_and_so_is_a_place_that_came_free(client, version, photo):
    draft = fill(client, photo)
    publish(lambda one: one.update(quota=1))
    send(client, draft)
    Draft.objects.create(
        eservice=version.eservice, version=version, answers=draft.answers,
        steps_done=[], expires_at=draft.expires_at, phone="+25377123456",
    )  # fmt: skip
    assert closing.tell_closing() == 1
    Case.objects.update(status=CaseStatus.WITHDRAWN, ended_at=timezone.now())
    assert closing.tell_closing() == 1
    kinds = Delivery.objects.filter(channel="sms").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["draft.closed", "draft.reopened"]


def test_step_taken_away_leads_on_instead_of_nowhere(client, version):
    draft = start(client)
    publish(lambda one: one["steps"].pop(1) and one["fees"][0].update(quantity=1))
    gone = reverse("filing:step", args=[draft.pk, "request"])
    first = reverse("filing:step", args=[draft.pk, "person"])
    assert client.get(gone).url == first
    assert client.post(gone, {"copies": "2"}).url == first


@pytest.mark.parametrize("reason", ["closed", "full"])
def test_closed_or_full_service_takes_no_more_and_the_draft_stays(client, version, photo, reason):
    draft = fill(client, photo)
    if reason == "full":
        publish(lambda one: one.update(quota=1))
        send(client, draft)
        draft = Draft.objects.create(
            eservice=version.eservice, version=Case.objects.get().version, answers=draft.answers,
            steps_done=draft.steps_done, expires_at=draft.expires_at,
        )  # fmt: skip
        client.force_login(_owner(draft))
    else:
        version.eservice.closes_at = timezone.now() - timedelta(minutes=1)
        version.eservice.save()
    count = Case.objects.count()
    page = client.get(reverse("filing:start", args=["extrait-test"])).content.decode()
    assert "g-button--start" not in page
    assert send(client, draft).status_code == 409
    assert Case.objects.count() == count
    assert Draft.objects.filter(pk=draft.pk).exists()


def _owner(draft):
    from tests.factories import UserFactory

    draft.owner = UserFactory()
    draft.save()
    return draft.owner
