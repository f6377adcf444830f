"""Importing code lists, and lending them to forms."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max

from eservices.codelists.models import CodeList, CodeListVersion
from eservices.codelists.reading import Reading, read_csv
from portal.accounts.models import User
from portal.core.errors import PortalError


class ListRefused(PortalError):
    """A file cannot be imported; `details["reading"]` says why, line by line."""

    code = "code_list_refused"


def preview(key: str, content: bytes | str) -> Reading:
    """Return what importing `content` would change; nothing is written."""
    found = CodeList.objects.filter(key=key).first()
    last = found.last if found else None
    return read_csv(content, last.entries if last else None)


@transaction.atomic
def import_csv(
    key: str, content: bytes | str, *, title: Any = None, by: User | None = None
) -> tuple[CodeListVersion, Reading]:
    """Make a new version of the list out of a file; the same content makes none.

    :raises ListRefused: with every fault, and then nothing is changed.
    """
    reading = preview(key, content)
    if not reading.is_good:
        raise ListRefused("This list cannot be imported.", reading=reading)
    code_list, _created = CodeList.objects.get_or_create(key=key)
    code_list = CodeList.objects.select_for_update().get(pk=code_list.pk)
    if title:
        code_list.title = title if isinstance(title, dict) else {"fr": str(title)}
    code_list.save()
    digest = hashlib.sha256(json.dumps(reading.entries, sort_keys=True).encode()).hexdigest()
    last = code_list.last
    if last is not None and last.sha256 == digest:
        return last, reading
    number = (code_list.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = CodeListVersion.objects.create(
        code_list=code_list, number=number, entries=reading.entries, sha256=digest, imported_by=by
    )
    return version, reading


def current_options(keys: Iterable[str]) -> dict[str, tuple[int, list[dict[str, Any]]]]:
    """Return the number and the options of the last version of each list that exists. One query each."""
    found = {}
    for code_list in CodeList.objects.filter(key__in=set(keys)):
        if (version := code_list.last) is not None:
            found[code_list.key] = version.number, version.options()
    return found
