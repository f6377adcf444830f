"""Who may do what in the CMS."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(site, django_user_model, client):
    def sign_in(group: str):
        user = django_user_model.objects.create(username=group, phone=f"+2537700{len(group):04d}")
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        return client, user

    return sign_in


def test_the_three_groups_have_growing_rights_on_guides(member, guide):
    expected = {"Editors": (True, False), "Reviewers": (True, False), "Publishers": (True, True)}
    for group, rights in expected.items():
        _client, user = member(group)
        allowed = guide.permissions_for_user(user)
        assert (allowed.can_edit(), allowed.can_publish()) == rights


@pytest.mark.parametrize("group", ["Editors", "Reviewers", "Publishers"])
def test_members_open_the_guide_in_the_cms_under_our_brand(member, guide, group):
    client, _user = member(group)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[guide.pk]))
    if response.status_code == 302:  # staff are first asked for their second factor
        assert "2fa" in response["Location"] or "accounts" in response["Location"]
        return
    html = response.content.decode()
    assert response.status_code == 200
    assert "crest.svg" in html
    assert "cms-admin.css" in html


def test_no_group_of_the_cms_has_a_right_on_cases_or_payments(site):
    for group in Group.objects.filter(name__in=["Editors", "Reviewers", "Publishers"]):
        apps = set(group.permissions.values_list("content_type__app_label", flat=True))
        assert not apps & {"cases", "filing", "payments", "documents", "attachments", "accounts"}


def test_a_citizen_has_no_way_in(site, client, django_user_model):
    client.force_login(django_user_model.objects.create(username="hodan", phone="+25377000002"))
    response = client.get("/cms/")
    assert response.status_code in {302, 403}
