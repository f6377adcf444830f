"""Who creates accounts or gives rights reads no citizen's file, and the other way round (SEC-4)."""

import pytest
from django.contrib.auth.models import Group, Permission

from eservices.backoffice.access import Agent
from eservices.cases.models import Case
from portal.accounts import services
from portal.accounts.errors import DutiesKeptApart
from portal.accounts.models import OfficeMembership, User
from tests.factories import CaseFactory
from tests.people import make_administrator, make_agent, make_editor, make_office, sign_in

pytestmark = pytest.mark.django_db
REFUSED = "crée des comptes ou donne des droits"


@pytest.fixture
def office():
    return make_office()


@pytest.fixture
def cms(client):
    sign_in(client, make_administrator())
    return client


def give_rights(group):
    group.permissions.add(Permission.objects.get(codename="add_user"))


def member(cms, user, office):
    data = {"person": user.email, "office": office.pk, "role": "agent"}
    return cms.post("/cms/office-members/new/", data)


def test_who_manages_accounts_gets_no_role(cms, office):
    by_group = make_editor()
    give_rights(Group.objects.get(name="Editors"))
    for person in (make_administrator(), by_group):
        assert REFUSED in member(cms, person, office).content.decode()
        with pytest.raises(DutiesKeptApart):
            services.add_member(office, person)
    assert not OfficeMembership.objects.exists()


def test_who_has_a_role_gets_no_rights_over_accounts(cms, office):
    agent, group = make_agent(office), Group.objects.create(name="Comptes")
    give_rights(group)
    data = {"email": agent.email, "full_name": "A", "language": "fr", "is_active": "on"}
    for more in ({"is_superuser": "on"}, {"groups": group.pk}):
        answer = cms.post(f"/cms/users/edit/{agent.pk}/", data | more)
        assert "a un rôle dans un bureau" in answer.content.decode()
    agent.refresh_from_db()
    assert (agent.is_superuser, agent.groups.exists()) == (False, False)

    plain = Group.objects.create(name="Lecture")
    agent.groups.add(plain)
    right = Permission.objects.get(codename="change_user")
    typed = {"name": "Lecture", "permissions": right.pk}
    answer = cms.post(f"/cms/groups/edit/{plain.pk}/", typed).content.decode()
    assert str(agent) in answer
    assert not plain.permissions.exists()


@pytest.mark.parametrize("way", ["administrator", "group"])
def test_who_came_to_have_both_reads_nothing(client, office, way):
    agent, case = make_agent(office), CaseFactory(office=office, submitted=True)
    assert case in Case.objects.for_agent(agent)
    if way == "administrator":
        User.objects.filter(pk=agent.pk).update(is_superuser=True)
    else:
        group = Group.objects.create(name="Comptes")
        give_rights(group)
        agent.groups.add(group)
    agent = User.objects.get(pk=agent.pk)
    assert not Case.objects.for_agent(agent).exists()
    assert Agent.of(agent) is None
    sign_in(client, agent)
    assert client.get(f"/agent/dossiers/{case.reference}/").status_code == 404
