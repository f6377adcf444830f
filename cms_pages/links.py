"""Find the links of the pages, and whether they still lead somewhere."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.urls import Resolver404, resolve
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.models import Page

from cms_pages.models.links import LinkCheck
from eservices.catalog.models import EService
from portal.probes import Probe, probe

OUTSIDE = re.compile(r"https?://[^\s\"'<>\\]+")
ANCHOR = re.compile(r"<a\s[^>]*>")
ATTRIBUTE = re.compile(r'(href|linktype|id)="([^"]*)"')
A_DAY_AT_MOST = 500  # addresses elsewhere; a big catalogue takes some days


def refresh(page: Page) -> None:
    """Make the list of links of `page` what its published text says, keeping earlier findings."""
    wanted = dict(links_of(page)) if page.live else {}
    known = {check.address: check for check in LinkCheck.objects.filter(page_id=page.pk)}
    gone = [check.pk for address, check in known.items() if address not in wanted]
    LinkCheck.objects.filter(pk__in=gone).delete()
    LinkCheck.objects.bulk_create(
        [
            LinkCheck(page_id=page.pk, address=address, is_inside=inside)
            for address, inside in wanted.items()
            if address not in known
        ],
        ignore_conflicts=True,
    )


def links_of(page: Page) -> Iterator[tuple[str, bool]]:
    """Yield each address that `page` shows, and whether it is inside the portal.

    Links chosen in the editor are `page:12` and `document:7`.
    """
    kept = page.specific.serializable_data()
    # Where it is edited, who edits it: nothing of that is shown.
    texts = _texts(value for key, value in kept.items() if key not in {"url_path", "comments"})
    for text in texts:
        for tag in ANCHOR.findall(text):
            attributes = dict(ATTRIBUTE.findall(tag))
            if attributes.get("linktype") in {"page", "document"} and "id" in attributes:
                yield f"{attributes['linktype']}:{attributes['id']}", True
            elif attributes.get("href", "").startswith("/"):
                yield attributes["href"][:500], True
        for found in OUTSIDE.findall(text):
            address = found.rstrip(".,;:)»")[:500]
            yield address, address.startswith(settings.BASE_URL)


def check_inside(check: LinkCheck) -> str:
    """Return whether an address of the portal leads to something that visitors can open."""
    kind, _colon, number = check.address.partition(":")
    if kind == "page":
        found = number.isdigit() and Page.objects.live().filter(pk=number).exists()
    elif kind == "document":
        found = number.isdigit() and get_document_model().objects.filter(pk=number).exists()
    else:
        found = _path_answers(urlsplit(check.address).path)
    return LinkCheck.Outcome.ANSWERS if found else LinkCheck.Outcome.GONE


def check_all(ask: Any = probe) -> int:
    """Check every link inside the portal, and those elsewhere that waited longest.

    Returns how many are to be mended now. `ask` is what asks other sites.
    """
    for page in Page.objects.live().filter(content_type__in=_own_types()).iterator():
        refresh(page)
    for check in LinkCheck.objects.filter(is_inside=True).iterator():
        check.note(check_inside(check))
        check.save()
    waiting = LinkCheck.objects.filter(is_inside=False).exclude(checked_on=timezone.localdate())
    oldest = waiting.order_by("checked_on", "pk").values_list("address", flat=True)
    for address in list(dict.fromkeys(oldest))[:A_DAY_AT_MOST]:
        finding: Probe = ask(address)
        for check in LinkCheck.objects.filter(address=address, is_inside=False):
            check.note(finding.outcome, finding.status)
            check.save()
    return LinkCheck.objects.broken().count()


def _own_types() -> list[ContentType]:
    return list(ContentType.objects.filter(app_label="cms_pages"))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and value.startswith(("[", "{")):
            yield from _texts([_unpacked(value)])
        elif isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)


def _unpacked(text: str) -> Any:
    """Return what a field of blocks holds, which is kept as JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None  # a text that only begins like JSON: it has no link of the editor


def _path_answers(path: str) -> bool:
    language, _slash, rest = path.lstrip("/").partition("/")
    if language in dict(settings.LANGUAGES):  # addresses resolve without it in the first language
        path = f"/{rest}"
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.view_name == "filing:start":
        return EService.objects.published().filter(slug=match.kwargs.get("slug", "")).exists()
    if match.view_name != "cms_pages:page":
        return True
    if Redirect.objects.filter(old_path=Redirect.normalise_path(path)).exists():
        return True
    return path == "/" or Page.objects.live().filter(url_path__endswith=path).exists()
