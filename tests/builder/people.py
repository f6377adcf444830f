"""Editors and publishers, with what the groups of the CMS allow them."""

from django.test import Client
from wagtail.models import Page

from cms_pages import roles
from portal.accounts import services
from portal.accounts.models import User
from tests.people import sign_in


def make_staff(group: str, name: str = "Nadège") -> User:
    roles.install(Page.get_first_root_node())
    email = f"{name.lower()}@guichet.example"
    return services.create_person(full_name=name, email=email, groups=[group])


def client_of(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client
