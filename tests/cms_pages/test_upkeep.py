"""Editors learn what is missing and what has not been checked for too long."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from cms_pages.jobs import remind_owners
from cms_pages.models import ProcedurePage, SearchMiss
from portal.notifications.models import Delivery

pytestmark = pytest.mark.django_db
MISS = "/recherche/sans-resultat/"


def test_a_search_without_result_is_counted_once_for_each_time(visitor):
    assert f'data-miss="{MISS}"' in visitor.get("/recherche/?q=xylophone").content.decode()
    assert not SearchMiss.objects.exists()  # reading wrote nothing

    for words in ("Xylophone", "xylophone 77123456", "\x00", "", "casier judiciaire"):
        assert visitor.post(MISS, {"q": words}).status_code == 204
    miss = SearchMiss.objects.get()
    assert (miss.words, miss.times) == ("xylophone", 2)


@pytest.fixture
def owner(guide, django_user_model):
    owner = django_user_model.objects.create(
        username="aicha", phone="+25377000009", email="aicha@example.org", language="fr"
    )
    ProcedurePage.objects.update(review_owner=owner, reviewed_on=timezone.localdate())
    return owner


def test_the_owner_of_an_old_guide_is_told_once_for_each_due_date(owner, guide):
    assert remind_owners() == 0
    old = timezone.localdate() - timedelta(days=200)
    ProcedurePage.objects.filter(pk=guide.pk).update(reviewed_on=old)

    assert [remind_owners(), remind_owners()] == [1, 1]
    delivery = Delivery.objects.get(kind="guide.overdue")
    assert delivery.to == "aicha@example.org"
    assert guide.title in delivery.subject + delivery.body
    assert f"/cms/pages/{guide.pk}/edit/" in delivery.body


def test_the_reports_open_for_publishers(owner, guide, client):
    ProcedurePage.objects.filter(pk=guide.pk).update(reviewed_on=None)
    owner.is_superuser = True
    owner.save()
    owner.groups.add(Group.objects.get(name="Publishers"))
    client.force_login(owner)
    for address in (reverse("overdue_guides"), "/cms/misses/"):
        response = client.get(address)
        if response.status_code == 302:  # staff are first asked for their second factor
            assert "2fa" in response["Location"] or "accounts" in response["Location"]
            continue
        assert response.status_code == 200
    assert guide.pk in ProcedurePage.objects.overdue().values_list("pk", flat=True)
