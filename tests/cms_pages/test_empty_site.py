"""Before anything is loaded."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/themes/", "/recherche/?q=acte", "/sitemap.xml"])
def test_a_site_without_pages_answers_without_an_error(path):
    assert Client().get(path).status_code in {200, 404}
