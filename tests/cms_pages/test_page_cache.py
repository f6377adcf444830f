"""Kept pages are exact: whatever changes is visible on the next request."""

import gzip
from datetime import timedelta

import brotli
import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale

from cms_pages.models import Alert, Organisation
from eservices.catalog.models import EService
from portal.core.models import Brand
from tests.cms_pages.conftest import GUIDE, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def read(visitor):
    """Read a page twice, so that the second answer comes from memory."""

    def read(path: str = GUIDE) -> str:
        first = visitor.get(path).content
        assert visitor.get(path).content == first
        return first.decode()

    return read


def test_a_kept_page_costs_one_query(visitor, django_assert_num_queries):
    visitor.get(GUIDE)
    with django_assert_num_queries(1):
        response = visitor.get(GUIDE)
    assert response["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("", None), ("br;q=0, identity", None)],
)
def test_a_kept_page_is_compressed_once_for_those_who_can_read_it(visitor, accepted, sent):
    plain = visitor.get(GUIDE).content
    response = visitor.get(GUIDE, headers={"accept-encoding": accepted})

    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(sent, bytes)
    assert (response.get("Content-Encoding"), unpack(response.content)) == (sent, plain)
    assert "Accept-Encoding" in response["Vary"]


def test_a_browser_that_has_the_page_is_told_it_is_unchanged(visitor, guide):
    etag = visitor.get(GUIDE)["ETag"]
    assert visitor.get(GUIDE, headers={"if-none-match": etag}).status_code == 304

    guide.title = "Autre titre"
    guide.save()
    assert visitor.get(GUIDE, headers={"if-none-match": etag}).status_code == 200


def test_a_publication_shows_at_once(read, guide):
    read()
    guide.title = "Titre neuf"
    revision = guide.save_revision()
    assert "Titre neuf" not in read()
    revision.publish()
    assert "Titre neuf" in read()


def test_a_row_changed_without_the_page_shows_at_once(read, guide):
    read()
    guide.evidences.filter(sort_order=0).update(label="Une pièce nouvelle")
    assert "Une pièce nouvelle" in read()


def test_a_shared_snippet_shows_at_once(read):
    read()
    Organisation.objects.filter(code="dj-etat-civil").update(name="Nouveau service")
    assert "Nouveau service" in read()


def test_a_fee_shows_at_once(read):
    read()
    publish(EService.objects.get(code="SV-01"), unit=999)
    assert "999\u00a0FDJ" in read()


def test_languages_do_not_mix(read):
    assert 'lang="fr"' in read()
    assert 'lang="ar"' in read("/ar" + GUIDE)
    assert 'lang="fr"' in read()


def test_a_deleted_guide_is_gone_at_once(visitor, read, guide):
    read()
    guide.delete()
    assert visitor.get(GUIDE).status_code == 404


def test_dates_arrive_without_any_change(visitor, read):
    begins = timezone.now() + timedelta(hours=1)
    ends = begins + timedelta(hours=1)
    french = Locale.objects.get(language_code="fr")
    Alert.objects.create(title="Coupure", locale=french, starts_at=begins, ends_at=ends)
    EService.objects.filter(code="SV-01").update(closes_at=ends)
    assert "Coupure" not in read()
    assert "g-button--start" in read()
    with time_machine.travel(begins + timedelta(seconds=1)):
        assert "Coupure" in read()
    with time_machine.travel(ends + timedelta(seconds=1)):
        assert "Coupure" not in read()
        assert "g-button--start" not in read()


def test_nothing_is_kept_for_or_from_a_person_with_a_session(visitor, read, django_user_model):
    read()
    person = django_user_model.objects.create(username="hodan", phone="+25377000009")
    visitor.force_login(person)
    personal = visitor.get("/")
    assert "Cache-Control" not in personal or "public" not in personal["Cache-Control"]

    visitor.logout()
    visitor.cookies.clear()
    assert "accounts/logout" not in read("/")


def test_a_new_site_name_of_the_home_page_shows_everywhere(read, guide):
    read()
    theme = guide.get_parent().specific
    theme.title = "Thème renommé"
    theme.save()
    assert "Thème renommé" in read()


def test_an_old_address_leads_to_the_new_one(visitor, guide):
    Redirect.objects.create(old_path="/ancienne-fiche", redirect_page=guide.page_ptr)
    response = visitor.get("/ancienne-fiche/")

    assert response.status_code == 301
    assert response["Location"].endswith(GUIDE)


def test_migrating_again_keeps_the_triggers(read, guide):
    call_command("migrate", verbosity=0)
    read()
    guide.__class__.objects.filter(pk=guide.pk).update(who="Tout le monde")
    assert "Tout le monde" in read()


def test_another_face_of_the_portal_shows_on_the_next_request(read):
    assert "e-Djibouti" not in read()
    Brand.objects.create(name={"fr": "e-Djibouti"})
    html = read()
    assert "e-Djibouti" in html
    assert "/marque/" in html
    Brand.objects.all().delete()
    assert "e-Djibouti" not in read()
