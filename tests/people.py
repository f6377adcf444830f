"""People and offices for tests: valid, boring, and signed in the way the desk demands."""

import itertools
import time

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.test import Client

from portal.accounts import services
from portal.accounts.models import Office, Role, User

_numbers = itertools.count(1)


def make_office(code: str = "dj-test") -> Office:
    calendar = services.save_calendar("dj", name="Djibouti", weekdays="60123")
    return services.save_office(
        code,
        name={"fr": "État civil", "ar": "الحالة المدنية"},
        calendar=calendar,
        country="DJ",
        time_zone="Africa/Djibouti",
    )


def make_citizen(**values: str) -> User:
    number = next(_numbers)
    values = {"full_name": f"Hodan {number}", "phone": f"+25377{number:06d}"} | values
    return services.create_person(**values)


def make_agent(office: Office | None = None, role: str = Role.AGENT, **values: str) -> User:
    number = next(_numbers)
    values = {"full_name": f"Agent {number}", "email": f"agent{number}@guichet.example"} | values
    user = services.create_person(**values)
    services.add_member(office or make_office(), user, role)
    return user


def make_administrator() -> User:
    number = next(_numbers)
    return services.create_person(
        full_name="Administrator", email=f"admin{number}@guichet.example", is_superuser=True
    )


def make_editor() -> User:
    Group.objects.get_or_create(name="Editors")
    number = next(_numbers)
    return services.create_person(
        full_name="Editor", email=f"editor{number}@guichet.example", groups=["Editors"]
    )


def sign_in(client: Client, user: User) -> None:
    """Sign `user` in; staff with a second factor enrolled and used in this session."""
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    if user.is_superuser or user.is_agent or user.groups.exists():
        services.enrol_totp(user)
        use_second_factor(client, user)


def use_second_factor(client: Client, user: User) -> None:
    """Write into the session what allauth writes when the second factor was used."""
    factor = Authenticator.objects.filter(user=user).first()
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "mfa", "at": time.time(), "id": factor.pk if factor else None, "type": "totp"}
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
