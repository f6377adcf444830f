"""Languages by configuration."""

import pytest
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured

from portal.settings.languages import languages


@pytest.fixture(autouse=True)
def _known(monkeypatch):
    for code in ("aa", "so"):
        monkeypatch.delitem(LANG_INFO, code, raising=False)
        monkeypatch.setitem(LANG_INFO, code, None)  # so that what a test adds goes with it
        del LANG_INFO[code]


def test_french_is_always_there_and_first():
    assert [code for code, _name in languages(["en", "pt"])] == ["fr", "en", "pt"]
    assert [code for code, _name in languages(["ar", "fr"])] == ["fr", "ar"]
    assert dict(languages(["pt"]))["pt"] == "Português"


def test_a_language_that_django_does_not_know_brings_its_name_and_direction():
    assert languages(["so=Soomaali", "aa=عفر<"])[1:] == [("so", "Soomaali"), ("aa", "عفر")]
    assert (LANG_INFO["so"]["bidi"], LANG_INFO["aa"]["bidi"]) == (False, True)


def test_an_unknown_code_without_a_name_is_said():
    with pytest.raises(ImproperlyConfigured, match="so=Name"):
        languages(["so"])
