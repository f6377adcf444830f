"""Who files: the person that the answers name, as the e-service says where to find it."""

from collections.abc import Mapping, Sequence
from typing import Any

from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from eservices.formdefs import standing
from portal.accounts.models import User


def named_in(
    answers: Mapping[str, Any],
    version: EServiceVersion,
    *,
    language: str,
    user: User | None = None,
) -> Applicant:
    """Return who files: the answers named in the definition's `contact`, else the account's.

    Whoever files for somebody else gave a name beside: then `contact` names the other person.
    """
    contact = catalog.compiled(version).source.get("contact", {})
    concerned = _joined(answers, contact.get("name", ["last_name", "first_names"]))
    own = _joined(answers, standing.NAMES)
    name = own or concerned
    phone = answers.get(contact.get("phone", "phone")) or (user.phone if user else "")
    email = answers.get(contact.get("email", "email")) or (user.email if user else "")
    return Applicant(
        name=name or (str(user) if user else version.eservice.title_in("fr")),
        phone=str(phone),
        email=str(email),
        language=str(answers.get(contact.get("language", "language")) or language),
        user=user,
        beneficiary=(concerned if concerned != name else "")[:200],
        capacity=str(answers.get(standing.QUESTION) or "")[:40],
    )


def _joined(answers: Mapping[str, Any], keys: Sequence[str]) -> str:
    return " ".join(filter(None, (str(answers.get(key) or "") for key in keys)))
