"""Offices, their people, and the sample content."""

import json
import stat

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import override

from portal.accounts import sample, services
from portal.accounts.errors import StaffEmailRefused
from portal.accounts.models import Office, OfficeMembership, Role, User
from portal.accounts.policies import accepts_staff_email, is_staff_account
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def logins_file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / sample.LOGINS_FILE


def test_offices_of_a_person_by_role() -> None:
    here, there = people.make_office("here"), people.make_office("there")
    agent = people.make_agent(here)
    services.add_member(there, agent, Role.CHIEF)
    services.add_member(there, agent, Role.CHIEF)
    assert set(agent.offices()) == {here, there}
    assert list(agent.offices(Role.CHIEF)) == [there]
    assert OfficeMembership.objects.count() == 2


def test_name_of_an_office_in_the_language_of_the_reader() -> None:
    office = people.make_office()
    with override("ar"):
        assert office.name_in() == "الحالة المدنية"
    assert office.name_in("fr") == "État civil"


def test_an_office_is_not_part_of_itself() -> None:
    office = people.make_office()
    office.parent = office
    with pytest.raises(ValidationError):
        office.full_clean()


@pytest.mark.parametrize(
    ("email", "domains", "accepted"),
    [
        ("a@x.example", [], True),
        ("a@gov.bf", ["gov.bf"], True),
        ("a@GOV.bf", ["gov.bf"], True),
        ("a@interieur.gov.bf", [".gov.bf"], True),
        ("a@interieur.gov.bf", ["*.gov.bf"], True),
        ("a@interieur.gov.bf", ["gov.bf"], False),
        ("a@evilgov.bf", [".gov.bf", "gov.bf"], False),
        ("", ["gov.bf"], False),
    ],
)
def test_official_addresses(email: str, domains: list[str], accepted: bool) -> None:
    assert accepts_staff_email(email, domains) is accepted


def test_staff_roles_refuse_personal_addresses(settings) -> None:
    settings.STAFF_EMAIL_DOMAINS = [".gov.dj"]
    citizen = people.make_citizen(email="hodan@exemple.dj")
    with pytest.raises(StaffEmailRefused):
        services.add_member(people.make_office(), citizen)
    with pytest.raises(StaffEmailRefused):
        services.create_person(full_name="X", email="x@exemple.dj", is_superuser=True)
    assert not is_staff_account(citizen)


class TestSample:
    def test_loads_twice_with_one_password(self, logins_file) -> None:
        first = sample.load_sample_people()
        counts = (User.objects.count(), Office.objects.count(), OfficeMembership.objects.count())
        assert sample.load_sample_people() == first
        assert counts == (
            User.objects.count(),
            Office.objects.count(),
            OfficeMembership.objects.count(),
        )
        roles = {login["role"] for login in first}
        assert roles >= {"citizen", "agent", "chief", "cashier", "editor", "administrator"}
        assert stat.S_IMODE(logins_file.stat().st_mode) == 0o600

    def test_the_password_works_and_is_in_no_repository_file(self, logins_file) -> None:
        password = sample.load_sample_people()[0]["password"]
        assert User.objects.get(email="admin@guichet.example").check_password(password)
        content = settings.BASE_DIR / "sample_content"
        assert not any(password in path.read_text() for path in content.glob("*.yaml"))

    def test_staff_have_a_second_factor_and_citizens_none(self, logins_file) -> None:
        logins = sample.load_sample_people()
        enrolled = set(Authenticator.objects.filter(type="totp").values_list("user", flat=True))
        for login in logins:
            user = User.objects.get(Q(email=login["login"]) | Q(phone=login["login"]))
            is_public = login["role"] in {"citizen", "helper"}
            assert (user.pk in enrolled) is not is_public, user
            assert not (is_public and is_staff_account(user)), user

    def test_everybody_is_in_the_groups_that_the_sample_names(self, logins_file) -> None:
        sample.load_sample_people()
        for email, group in (("relecteur", "Reviewers"), ("publication", "Publishers")):
            user = User.objects.get(email=f"{email}@guichet.example")
            assert [one.name for one in user.groups.all()] == [group]

    def test_a_lost_file_makes_a_new_password(self, logins_file) -> None:
        old = sample.load_sample_people()[0]["password"]
        logins_file.unlink()
        new = sample.load_sample_people()[0]["password"]
        assert new != old
        assert User.objects.get(email="admin@guichet.example").check_password(new)
        assert json.loads(logins_file.read_text())[0]["password"] == new

    def test_calendars_know_the_week(self, logins_file) -> None:
        sample.load_sample_people()
        central = Office.objects.get(code="dj-djibouti-central")
        assert set(central.calendar.weekdays) == set("60123")
        assert central.parent.code == "dj-mairie"
        assert Office.objects.get(code="bj-cncj").calendar.weekdays == "01234"
        assert Office.objects.get(code="ci-plateau").calendar.holidays.count() >= 7
