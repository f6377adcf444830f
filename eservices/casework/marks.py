"""The mark of a person in a case: what is the same when the same person files again (REF-1)."""

import hashlib
from collections.abc import Mapping
from typing import Any

from eservices.cases.models import Case
from eservices.casework.models import PersonMark
from eservices.formdefs.reading import fold

NAMES = (("last_name", "first_names"), ("last_name", "first_name"), ("full_name",))
BIRTH = ("birth_date", "birth")
MOTHER = ("mother_name", "mother")


def write(case: Case) -> None:
    """Keep the mark of the person named in the answers; nothing when they do not say enough."""
    digest = of(case.answers)
    if digest:
        PersonMark.objects.update_or_create(case=case, defaults={"digest": digest})


def of(answers: Mapping[str, Any]) -> str:
    """Return a digest of name, birth date and mother; empty without name and birth date.

    Accents, capitals and spaces do not count, nor the order of the words of a name.
    """
    name = next((_words(answers, keys) for keys in NAMES if _words(answers, keys)), "")
    birth = next((str(answers[key]) for key in BIRTH if answers.get(key)), "")
    if not (name and birth):
        return ""
    mother = next((_words(answers, (key,)) for key in MOTHER if answers.get(key)), "")
    return hashlib.sha256(f"{name}|{birth}|{mother}".encode()).hexdigest()


def _words(answers: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    given = [answers.get(key) for key in keys]
    if not all(isinstance(one, str) and one for one in given):
        return ""
    return " ".join(sorted(fold(" ".join(str(one) for one in given)).split()))
