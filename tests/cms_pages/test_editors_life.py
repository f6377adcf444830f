"""Editors: what waits for them, dead links, translations that keep up, pages published at their hour."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from wagtail import hooks
from wagtail.models import Locale
from wagtail_localize.models import (
    StringSegment,
    StringTranslation,
    Translation,
    TranslationSource,
)

from cms_pages import completeness, links
from cms_pages.jobs import publish_due
from cms_pages.models import LinkCheck, ProcedurePage, StandardPage
from cms_pages.search import query
from portal.probes import Probe
from tests.people import make_administrator, sign_in

pytestmark = pytest.mark.django_db
DEAD = "https://tariffs.example.org/old"


@pytest.fixture
def desk(site, client):
    """A signed-in administrator of the CMS."""
    sign_in(client, make_administrator())
    return client


@pytest.fixture
def help_page(site) -> StandardPage:
    return StandardPage.objects.get(slug="aide", locale__language_code="fr")


def write(page: StandardPage, html: str) -> None:
    page.body = [("text", html)]
    page.save_revision().publish()


def test_links_of_the_text_are_found_whatever_the_block(help_page, guide):
    write(
        help_page,
        f'<p><a href="{DEAD}">tarifs</a> <a linktype="page" id="{guide.pk}">fiche</a> '
        '<a href="/annuaire/">annuaire</a> https://www.example.org/a.</p>',
    )
    assert dict(links.links_of(help_page)) == {
        DEAD: False,
        f"page:{guide.pk}": True,
        "/annuaire/": True,
        "https://www.example.org/a": False,
    }


def test_a_link_elsewhere_is_dead_after_two_failures_on_different_days(help_page, time_machine):
    write(help_page, f'<p><a href="{DEAD}">tarifs</a></p>')
    answers = {DEAD: Probe("gone", 404)}

    def ask(address: str) -> Probe:
        return answers.get(address, Probe("answers", 200))

    time_machine.move_to(timezone.now())
    assert [links.check_all(ask), links.check_all(ask)] == [0, 0]
    time_machine.shift(timedelta(days=1))
    assert links.check_all(ask) == 1
    check = LinkCheck.objects.broken().get()
    assert (check.page_id, check.address, check.status) == (help_page.pk, DEAD, 404)

    answers[DEAD] = Probe("answers", 200)
    time_machine.shift(timedelta(days=1))
    assert links.check_all(ask) == 0


def test_a_link_to_a_page_that_was_withdrawn_is_dead_at_once(help_page, guide):
    write(help_page, f'<p><a linktype="page" id="{guide.pk}">fiche</a> <a href="/rien/">x</a></p>')
    guide.unpublish()
    links.check_all(lambda _address: Probe("answers", 200))
    found = set(LinkCheck.objects.broken().values_list("address", flat=True))
    assert found == {f"page:{guide.pk}", "/rien/"}


def test_the_sample_site_has_no_dead_link_inside(site):
    links.check_all(lambda _address: Probe("answers", 200))
    assert not list(LinkCheck.objects.broken().values_list("page__url_path", "address"))


@pytest.mark.parametrize(
    "name", ["overdue_guides", "incomplete_guides", "translations_report", "broken_links"]
)
def test_every_report_opens_empty_and_full(desk, guide, help_page, name):
    assert desk.get(reverse(name)).status_code == 200
    write(help_page, '<p><a href="/rien/">x</a></p>')
    links.check_all(lambda _address: Probe("answers", 200))
    old = timezone.now() - timedelta(days=300)
    ProcedurePage.objects.filter(pk=guide.pk).update(is_incomplete=True, reviewed_on=old.date())
    guide.get_translations().first().unpublish()

    html = desk.get(reverse(name)).content.decode()
    assert escape(help_page.title if name == "broken_links" else guide.title) in html
    assert desk.get(reverse(name), {"export": "csv"}).status_code == 200


def test_the_first_panel_counts_the_work_with_few_queries(
    desk, guide, django_assert_max_num_queries
):
    ProcedurePage.objects.filter(pk=guide.pk).update(is_incomplete=True)
    with django_assert_max_num_queries(45):
        html = desk.get("/cms/").content.decode()
    assert "Ce qui vous attend" in html
    assert reverse("incomplete_guides") in html


def test_a_page_is_published_at_the_hour_its_editor_chose(help_page, visitor, time_machine):
    time_machine.move_to(timezone.now())
    help_page.title = "Aide de demain"
    help_page.go_live_at = timezone.now() + timedelta(hours=2)
    help_page.save_revision(approved_go_live_at=help_page.go_live_at)
    address = "/aide/"
    publish_due()
    assert "Aide de demain" not in visitor.get(address).content.decode()
    time_machine.shift(timedelta(hours=3))
    publish_due()
    assert "Aide de demain" in visitor.get(address).content.decode()


def translate(source: TranslationSource, locale: Locale, words: dict[str, str]) -> None:
    """Give the translation of each string of `words`, as a translator does in the CMS."""
    for segment in StringSegment.objects.filter(source=source).select_related("string", "context"):
        if segment.string.data in words:
            StringTranslation.objects.update_or_create(
                translation_of=segment.string,
                locale=locale,
                context=segment.context,
                defaults={"data": words[segment.string.data]},
            )


def test_a_guide_goes_to_its_translator_and_comes_back_whole(
    guide, visitor, time_machine, django_capture_on_commit_callbacks
):
    """The round trip: submit, translate, publish; the source changes; update, publish again."""
    time_machine.move_to(timezone.now())
    english = Locale.objects.get(language_code="en")
    guide.get_translation(english).delete()
    guide.refresh_from_db()
    assert completeness.states([guide])[guide.pk]["en"] == "missing"

    source, _created = TranslationSource.get_or_create_from_instance(guide)
    work = Translation.objects.create(source=source, target_locale=english)
    cost = guide.costs.first()
    translate(
        source, english, {guide.title: "Proof of birth", guide.summary: "Ask for the record."}
    )
    with django_capture_on_commit_callbacks(execute=True):
        work.save_target()
    page = guide.get_translation(english).specific
    assert (page.title, page.identifier) == ("Proof of birth", guide.identifier)
    assert page.costs.count() == guide.costs.count()
    assert page.evidences.count() == guide.evidences.count()
    assert cost is None or page.costs.first().amount == cost.amount
    assert completeness.states([guide])[guide.pk]["en"] == "done"
    found = query.search("proof of birth", locale_id=english.pk, language="en")
    assert found.results[0].guide.page_id == page.pk

    time_machine.shift(timedelta(hours=2))
    guide.summary = "Un résumé récrit."
    guide.save_revision().publish()
    guide.refresh_from_db()
    assert completeness.states([guide])[guide.pk]["en"] == "older"
    source.update_from_db()
    all_strings, done = work.get_progress()
    assert done < all_strings  # the new sentence waits for its translation
    translate(source, english, {"Un résumé récrit.": "A summary written again."})
    time_machine.shift(timedelta(minutes=5))
    with django_capture_on_commit_callbacks(execute=True):
        work.save_target()
    assert guide.get_translation(english).specific.summary == "A summary written again."
    assert completeness.states([guide])[guide.pk]["en"] == "done"


def test_the_first_edit_of_an_imported_guide_can_be_compared_with_what_was_imported(guide, rf):
    assert not guide.revisions.exists()
    for _ in range(2):
        for hook in hooks.get_hooks("before_edit_page"):
            hook(rf.post("/"), guide)
    imported = guide.revisions.get()
    guide.refresh_from_db()
    assert (guide.latest_revision, guide.has_unpublished_changes) == (imported, False)
    guide.title = "Extrait d'acte"
    edited = guide.save_revision()
    assert imported.as_object().title != edited.as_object().title
