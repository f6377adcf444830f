"""The frame of every page: languages, account, errors, and what it costs."""

import re

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.shortcuts import render
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

GALLERY = "/__dev__/components/"


def test_gallery_shows_the_vocabulary_in_both_directions(client):
    page = client.get(GALLERY).content.decode()
    assert 'dir="ltr"' in page
    assert 'lang="ar" dir="rtl"' in page
    names = "breadcrumb button tag notice errors steps progress summary timeline table"
    names += " pagination empty file choice reference amount details badge card"
    assert [name for name in names.split() if f'class="g-{name}' not in page] == []


def test_frame_costs_nothing_to_a_visitor(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get(GALLERY)
    assert "Cookie" not in response.get("Vary", "")
    assert not response.cookies


def test_account_link_follows_the_session(client, db):
    assert "/accounts/login/" in client.get(GALLERY).content.decode()
    client.force_login(get_user_model().objects.create(username="ayan", phone="+25377000001"))
    page = client.get(GALLERY).content.decode()
    assert "/accounts/login/" not in page
    assert 'href="/compte/' in page


@pytest.mark.parametrize(("language", "direction"), [("fr", "ltr"), ("ar", "rtl"), ("en", "ltr")])
def test_frame_speaks_the_language_of_the_address(rf, language, direction):
    with translation.override(language):
        page = render(rf.get("/"), "problem.html", {"problem": "x"}).content.decode()
    assert f'<html lang="{language}" dir="{direction}">' in page
    current = re.findall(r'lang="(\w+)" hreflang="\w+" aria-current="true"', page)
    assert current == [language]
    prefix = "/" if language == settings.LANGUAGE_CODE else f"/{language}/"
    assert f'<a class="g-brand" href="{prefix}">' in page


def test_development_links_only_with_development_tools(rf, settings):
    settings.DEV_TOOLS = False
    assert "__dev__" not in render(rf.get("/"), "problem.html", {}).content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_last_resort_pages_need_nothing(name):
    page = render_to_string(name)
    assert '<main class="g-main" id="main">' in page
    assert "guichet.css" in page


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "problem.html"])
def test_error_pages_show_a_way_out(rf, name):
    page = render(rf.get("/"), name, {"problem": "<b>no</b>"}).content.decode()
    assert 'content="noindex"' in page
    assert 'class="g-button" href="/"' in page
    assert "<b>no</b>" not in page


def test_messages_are_announced(client, rf: RequestFactory):
    page = render_to_string(
        "components/messages.html", {"messages": [type("M", (), {"tags": "error"})()]}
    )
    assert '<div role="status">' in page
    assert "g-notice--danger" in page


def test_desk_frame_names_the_office(rf):
    page = render(rf.get("/"), "desk.html", {"office": "Centre <1>"}).content.decode()
    assert "Centre &lt;1&gt;" in page
    assert "css/desk.css" in page
    assert 'content="noindex, nofollow"' in page
