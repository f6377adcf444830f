"""From what people write to what is compared: no accents, no case, no plural, no article."""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

import snowballstemmer
from django.utils.html import strip_tags

LONGEST_WORD = 40
LONGEST_TEXT = 60_000
LANGUAGES = {"fr": "french", "ar": "arabic", "en": "english"}
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ELISION = re.compile(r"\b(?:l|d|j|m|n|s|t|c|qu|jusqu|lorsqu|puisqu)['’ʼ]", re.IGNORECASE)
_ARABIC_DRESS = re.compile("[\u0610-\u061a\u064b-\u065f\u0670\u0640]")  # vowels and kashida
_ARABIC_ALIKE = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي"}
)
STOP_WORDS = {
    "fr": "a au aux avec ce ces comment dans de des du elle en est et eux il je la le les leur lui "
    "ma mais me mes moi mon ne nos notre nous on ou par pas pour qu que quel quelle qui sa se ses "
    "son sur ta te tes toi ton tu un une vos votre vous y faire avoir obtenir demander",
    "en": "a an and are as at be by for from get how i in is it my of on or that the this to what "
    "where which who with your do",
    "ar": "في من على الى عن مع هذا هذه ما هو هي كيف ان او و",
}
_stops = {code: frozenset(words.split()) for code, words in STOP_WORDS.items()}


def fold(text: str) -> str:
    """Return `text` in small letters without accents, Arabic vowels or look-alike letters."""
    text = _ARABIC_DRESS.sub("", unicodedata.normalize("NFKC", text)).translate(_ARABIC_ALIKE)
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if not unicodedata.combining(c)).replace("œ", "oe")


def words(text: str, language: str, *, limit: int = LONGEST_TEXT) -> list[str]:
    """Return the folded words of `text`, in order, without those that carry no meaning."""
    # Accents and vowels written as characters of their own would cut the words.
    whole = _ARABIC_DRESS.sub("", unicodedata.normalize("NFKC", text[:limit]))
    plain = _ELISION.sub(" ", whole)
    stops = _stops.get(language, frozenset())
    found = (fold(word)[:LONGEST_WORD] for word in _WORD.findall(plain))
    return [word for word in found if word and word not in stops]


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """Return what the forms of a folded word have in common."""
    if len(word) < 4 or word.isdigit():
        return word
    # Stemming the folded word loses a little grammar and gains every reader who types no accent.
    return fold(_stemmer(language).stemWord(word))[:LONGEST_WORD]


_own = threading.local()


def _stemmer(language: str) -> "snowballstemmer.stemmer":
    """Return this thread's stemmer: it keeps the word in itself while it works on it."""
    kept: dict[str, Any] = _own.__dict__
    if language not in kept:
        kept[language] = snowballstemmer.stemmer(LANGUAGES.get(language, "french"))
    return kept[language]


def grams(word: str) -> set[str]:
    """Return the groups of three letters of `word`, its two ends included."""
    padded = f" {word} "
    return {padded[i : i + 3] for i in range(len(padded) - 2)}


def plain_words(stream: object) -> str:
    """Return the text of a StreamField value without its markup."""
    parts: list[str] = []
    _collect(getattr(stream, "get_prep_value", lambda: [])(), parts)
    return strip_tags(" ".join(parts)).replace("\xa0", " ")


def _collect(value: object, parts: list[str]) -> None:
    if isinstance(value, str):
        parts.append(value.replace("</", " </"))
    elif isinstance(value, list):
        for item in value:
            _collect(item, parts)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in {"id", "type", "tone", "url", "page", "image"}:
                _collect(item, parts)
