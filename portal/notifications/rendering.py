"""Turn a kind and its values into one SMS and one mail, in the language of the person."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any, Protocol
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language_info, override

from portal.core import branding
from portal.core.texts import pick
from portal.notifications.gsm import measure, to_gsm

Text = str | Promise
Values = dict[str, str]

# Arabic letters cost twice: two parts would lose what the person must do, such as a code.
MOST_SMS_PARTS = {"GSM": 2, "UCS-2": 3}
LONGEST_SMS_VALUE = 40
SMS_DATE = "d/m/Y"  # the name of an Arabic month costs as much as a sentence
SMS_MOMENT = "d/m/Y H:i"
MOMENTS = frozenset({"at", "was"})  # values whose hour matters: somebody is called
LONGEST_SUBJECT = 200
PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Texts(Protocol):
    """The part of a Kind that is written out."""

    @property
    def subject(self) -> Text: ...
    @property
    def sms(self) -> tuple[Text, ...]: ...
    @property
    def body(self) -> tuple[Text, ...]: ...
    @property
    def action(self) -> Text: ...


@dataclass(frozen=True)
class Mail:
    subject: str
    text: str
    html: str


def known_language(language: str) -> str:
    """Return `language` if the portal speaks it, else the portal's own."""
    code = (language or "")[:2]
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def readable(context: Mapping[str, Any], language: str, *, brief: bool = False) -> Values:
    """Return the values as text: dates written out (`brief`: in figures), links absolute, texts in
    `language`.

    Call it with the caller's language still active: relative links belong to it.
    """
    zone = ZoneInfo(context["time_zone"]) if context.get("time_zone") else None
    links = {key: _absolute(str(context[key]), language) for key in ("url",) if context.get(key)}
    with override(language):
        said = {key: _say(key, value, language, zone, brief) for key, value in context.items()}
    return said | links | {"portal": branding.current().name_in(language)}


def render_sms(texts: Texts, values: Values, language: str) -> str:
    """Return one SMS of at most two parts, three in Arabic: the first sentence and link stay.

    A long value, say a question, stays whole while the message has room for it.
    """
    link = [values["url"]] if values.get("url") else []
    on_one_line = {key: " ".join(text.split()) for key, text in values.items()}
    whole = _sms(texts, on_one_line, language, link)
    if _fits(whole):
        return whole
    clipped = {key: text if key == "url" else _clip(text) for key, text in values.items()}
    with override(language):
        count = len(_written(texts.sms, clipped))
    for kept in range(count, 1, -1):
        text = _sms(texts, clipped, language, link, kept)
        if _fits(text):
            return text
    return _sms(texts, clipped, language, link, 1)


def _sms(
    texts: Texts, values: Values, language: str, link: list[str], kept: int | None = None
) -> str:
    """Return the message with its first `kept` sentences; None: all."""
    with override(language):
        first, *rest = _written(texts.sms, values)[:kept] or [""]
    text = " ".join([f"{branding.current().name_in(language)}: {first}", *rest, *link])
    return to_gsm(text) if settings.SMS_TRANSLITERATE else text


def _fits(text: str) -> bool:
    size = measure(text)
    return size.parts <= MOST_SMS_PARTS[size.encoding]


def render_mail(texts: Texts, values: Values, language: str) -> Mail:
    with override(language):
        subject = " ".join((str(texts.subject) % values).split())[:LONGEST_SUBJECT]
        paragraphs = _written(texts.body, values)
        action = str(texts.action)
        context = {
            "subject": subject,
            "paragraphs": paragraphs,
            "action": action,
            "url": values.get("url", ""),
            "language": language,
            "direction": "rtl" if get_language_info(language)["bidi"] else "ltr",
            "portal": branding.current().name_in(language),
            "base_url": settings.BASE_URL,
        }
        html = render_to_string("notifications/mail.html", context)
    link = [f"{action}\n{values['url']}".strip()] if values.get("url") else []
    signature = f"-- \n{branding.current().name_in(language)}\n{settings.BASE_URL}"
    return Mail(subject, "\n\n".join([*paragraphs, *link, signature]) + "\n", html)


def _written(sentences: Iterable[Text], values: Values) -> list[str]:
    """Return the sentences that have all their values."""
    written = (str(sentence) for sentence in sentences)
    return [
        sentence % values
        for sentence in written
        if all(values.get(key) for key in PLACEHOLDER.findall(sentence))
    ]


def _say(key: str, value: Any, language: str, zone: tzinfo | None, brief: bool) -> str:
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value, zone)
    if isinstance(value, date):  # a datetime is one too
        has_hour = key in MOMENTS
        if brief:
            return date_format(value, SMS_MOMENT if has_hour else SMS_DATE)
        return date_format(value, "DATETIME_FORMAT" if has_hour else "DATE_FORMAT")
    return pick(value, language)


def _absolute(url: str, language: str) -> str:
    if url.startswith(("http://", "https://")):
        return url
    return urljoin(settings.BASE_URL, translate_url(url, language))


def _clip(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= LONGEST_SMS_VALUE:
        return text
    whole = text[:LONGEST_SMS_VALUE].rpartition(" ")[0]  # words, unless there is only one
    return (whole or text[: LONGEST_SMS_VALUE - 1]).rstrip(" ,;:") + "…"
