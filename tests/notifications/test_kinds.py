"""Every message of the portal, in every language, with the longest values that are likely."""

import re
from datetime import date

import pytest
from django.conf import settings
from django.utils.translation import override

from portal.core.money import Money
from portal.notifications.gsm import measure
from portal.notifications.registry import Kind, all_kinds, kind_named, register
from portal.notifications.rendering import PLACEHOLDER, readable, render_mail, render_sms

EXPECTED = {
    "case.submitted", "payment.received", "payment.pending_reminder", "complement.requested",
    "complement.reminder", "message.received", "case.granted", "case.refused", "case.handed_over",
    "draft.resume_code", "draft.expiring", "tracking.code", "account.code",
}  # fmt: skip
CONTEXT = {
    "reference": "DJ26-7K3M9Q2X-4",
    "title": {"fr": "Extrait d'acte de naissance avec filiation", "ar": "مستخرج من شهادة الميلاد"},
    "office": {"fr": "Antenne d'état civil de Balbala", "ar": "فرع الحالة المدنية ببلبلا"},
    "url": "/suivi/DJ26-7K3M9Q2X-4/",
    "date": date(2026, 9, 22),
    "due": date(2026, 9, 28),
    "until": date(2026, 12, 28),
    "amount": Money(130000, "XOF"),
    "receipt_number": "2026/DJ-DJIBOUTI-CENTRAL/000123",
    "motive": "La pièce d'identité est illisible.",
    "appeal": "Recours auprès du ministre dans les deux mois.",
    "code": "012345",
    "minutes": 15,
}
languages = pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
kinds = pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.name)


def test_nothing_expected_is_missing() -> None:
    assert {kind.name for kind in all_kinds()} >= EXPECTED


@kinds
@languages
class TestEveryKind:
    def _values(self, kind: Kind, language: str, *, brief: bool = False) -> dict[str, str]:
        promised = kind.needs.keys() | kind.may.keys()
        others = dict.fromkeys(kind.needs, "Mairie")
        context = others | {k: v for k, v in CONTEXT.items() if k in promised}
        return readable(context, language, brief=brief)

    def test_texts_use_only_documented_values(self, kind: Kind, language: str) -> None:
        with override(language):
            texts = [str(text) for text in (kind.subject, *kind.sms, *kind.body)]
        used = {key for text in texts for key in PLACEHOLDER.findall(text)}
        assert used <= {"portal", *kind.needs, *kind.may}

    def test_sms_fits_its_parts_and_names_the_portal(self, kind: Kind, language: str) -> None:
        values = self._values(kind, language, brief=True)
        text = render_sms(kind, values, language)
        assert measure(text).parts <= (3 if language == "ar" else 2), text
        assert text.startswith(settings.PORTAL_NAME)
        assert "%(" not in text
        if "url" in kind.needs:
            assert settings.BASE_URL in text
        if "code" in kind.needs:
            assert "012345" in text

    def test_mail_says_it_in_text_and_html(self, kind: Kind, language: str) -> None:
        if not kind.body:
            pytest.skip("said by SMS only")
        mail = render_mail(kind, self._values(kind, language), language)
        assert mail.subject
        assert "\n" not in mail.subject
        assert "%(" not in mail.subject + mail.text + mail.html
        assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in mail.html
        assert not re.search(r'(src|href)="(?!http://localhost:8000)', mail.html)


def test_an_sms_never_says_why() -> None:
    values = readable(CONTEXT, "fr")
    assert "illisible" not in render_sms(kind_named("case.refused"), values, "fr")


def test_a_sentence_without_its_value_is_left_out() -> None:
    context = {key: CONTEXT[key] for key in ("reference", "title", "url", "date")}
    mail = render_mail(kind_named("case.submitted"), readable(context, "en"), "en")
    assert "Office in charge" not in mail.text
    assert "DJ26-7K3M9Q2X-4" in mail.text


def test_values_are_not_markup() -> None:
    context = CONTEXT | {"motive": "<script>alert(1)</script>\n%(code)s {{ portal }}"}
    mail = render_mail(kind_named("case.refused"), readable(context, "fr"), "fr")
    assert "<script>" not in mail.html
    assert "%(code)s {{ portal }}" in mail.text


def test_links_follow_the_language_of_the_person() -> None:
    assert readable({"url": "/suivi/"}, "ar")["url"] == "http://localhost:8000/ar/suivi/"
    assert readable({"url": "https://x.example/a"}, "ar")["url"] == "https://x.example/a"


def test_dates_are_those_of_the_office() -> None:
    from datetime import UTC, datetime

    late = datetime(2026, 9, 22, 22, 30, tzinfo=UTC)
    assert "23" in readable({"due": late, "time_zone": "Africa/Djibouti"}, "fr")["due"]
    assert "22" in readable({"due": late}, "fr")["due"]


def test_one_name_one_kind() -> None:
    with pytest.raises(ValueError, match="twice"):
        register("case.granted", subject="", sms=[], body=[], needs={})
    with pytest.raises(LookupError):
        kind_named("case.lost")


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("fr", "Cette personne habite-t-elle à cette adresse ?"),
        ("ar", "هل يسكن هذا الشخص في هذا العنوان؟"),
    ],
)
def test_a_question_is_asked_whole_where_there_is_room(language: str, question: str) -> None:
    values = {
        "office": "Mairie", "subject": question, "until": "28/11/2026",
        "url": "https://guichet.example/avis/Co6RI8THDLXERlJ-kyAC8rP1/",
    }  # fmt: skip
    kind = kind_named("stage.outside")
    assert question in render_sms(kind, values, language)
    long = render_sms(kind, values | {"subject": "un mot " * 90}, language)
    assert measure(long).parts <= (3 if language == "ar" else 2)
    assert values["url"] in long


@languages
def test_whoever_is_helped_always_reads_the_code(language: str) -> None:
    people = {"helper": "Habiba Ali Warsama", "place": "Point numérique citoyen de Balbala"}
    values = people | {"code": "012345", "minutes": "15"}
    assert "012345" in render_sms(kind_named("draft.help_code"), values, language)
