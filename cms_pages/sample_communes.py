"""Sample communes: the territories of Benin, two of them open, and a consultation."""

from datetime import time, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms_pages.imports import communes
from cms_pages.models import ConsultationIndexPage, ConsultationPage, HomePage, LocalSite, NewsPage
from cms_pages.models.base import SitePage
from cms_pages.opening import Offer, Order, add_webmaster, open_site
from cms_pages.sample_texts import blocks
from eservices.catalog.models import EService
from portal.accounts.models import Territory

FILE = Path(settings.BASE_DIR) / "sample_content" / "communes-bj.yaml"
WEBMASTER = "webmestre.parakou@guichet.example"  # sample_content/people.yaml
WEEK = {day: [(time(8), time(12, 30)), (time(15), time(18, 30))] for day in range(5)}
PARAKOU = {"phone": "+229 01 00 00 00 01", "latitude": "9.33716", "longitude": "2.63031"}
COTONOU = {"phone": "+229 01 00 00 00 02", "latitude": "6.36536", "longitude": "2.41833"}
CONSULTATION = {
    "fr": {
        "name": "Consultations",
        "index": "Donnez votre avis avant la décision.",
        "title": "Les horaires des guichets",
        "summary": "Quand les guichets doivent-ils ouvrir pour vous servir ?",
        "questions": "Quel jour voulez-vous venir au guichet ?\nÀ quelle heure ?",
        "text": "<p>Les horaires changeront après cette consultation. Ce qui est décidé sera dit ici.</p>",
    },
    "ar": {
        "name": "الاستشارات",
        "index": "أبدوا رأيكم قبل القرار.",
        "title": "مواعيد الشبابيك",
        "summary": "متى ينبغي أن تفتح الشبابيك لخدمتكم؟",
        "questions": "في أي يوم تريدون الحضور إلى الشباك؟\nفي أي ساعة؟",
        "text": "<p>ستتغير المواعيد بعد هذه الاستشارة، وسيُعلن القرار هنا.</p>",
    },
    "en": {
        "name": "Consultations",
        "index": "Have your say before the decision.",
        "title": "The hours of counters",
        "summary": "When should the counters open to serve you?",
        "questions": "On which day do you want to come to the counter?\nAt what time?",
        "text": "<p>The hours will change after this consultation. What is decided will be told here.</p>",
    },
}


def load_sample_communes() -> None:
    """Load the territories, the communes that are not open yet, and the consultation."""
    communes.load(FILE)
    eservice = EService.objects.filter(code="SV-04").exclude(current=None).first()
    for code, office, fee in (("bj-parakou", PARAKOU, 800), ("bj-cotonou", COTONOU, 1500)):
        if not LocalSite.objects.filter(territory__code=code).exists():
            _commune(code, office, eservice, fee)
    if not ConsultationIndexPage.objects.exists():
        _consultation()


@transaction.atomic
def _commune(code: str, office: dict[str, str], eservice: EService | None, fee: int) -> None:
    offers = []
    if eservice is not None:
        offers = [Offer(eservice, {"town_hall": fee}, "Délibération d'exemple n° 1")]
    site = open_site(
        Order(
            territory=Territory.objects.get(code=code),
            office=office,
            week=WEEK,
            welcome="Vos démarches et les nouvelles de votre commune.",
            offers=offers,
        )
    )
    _news(site)
    if code == "bj-parakou":
        add_webmaster(site, full_name="Ibrahim Gounou", email=WEBMASTER)


def _news(site: LocalSite) -> None:
    home = site.pages.get(locale__language_code=settings.LANGUAGE_CODE)
    index = home.get_children().get(slug="actualites")
    index.add_child(
        instance=NewsPage(
            title="La mairie ouvre ses pages",
            slug="ouverture",
            summary="Demandez votre certificat de résidence sans vous déplacer.",
            locale=home.locale,
        )
    )


@transaction.atomic
def _consultation() -> None:
    now = timezone.now()
    homes = HomePage.objects.select_related("locale")
    indexes: list[SitePage] = []
    pages: list[SitePage] = []
    for home in sorted(homes, key=lambda one: one.locale.language_code != settings.LANGUAGE_CODE):
        texts = CONSULTATION[home.locale.language_code]
        index = ConsultationIndexPage(
            title=texts["name"],
            slug="consultations",
            locale=home.locale,
            summary=texts["index"],
        )
        page: SitePage = ConsultationPage(
            title=texts["title"],
            slug="horaires-des-guichets",
            summary=texts["summary"],
            questions=texts["questions"],
            starts_at=now,
            ends_at=now + timedelta(days=60),
            locale=home.locale,
        )
        page.body = blocks(page, "body", [{"text": texts["text"]}], settings.LANGUAGE_CODE)
        for made, known, parent in ((index, indexes, home), (page, pages, index)):
            if known:
                made.translation_key = known[0].translation_key
            parent.add_child(instance=made)
            known.append(made)
