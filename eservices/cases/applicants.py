"""Who files: the person that the answers name, as the e-service says where to find it."""

from collections.abc import Mapping
from typing import Any

from eservices.cases.services import Applicant
from eservices.catalog import services as catalog
from eservices.catalog.models import EServiceVersion
from portal.accounts.models import User


def named_in(
    answers: Mapping[str, Any],
    version: EServiceVersion,
    *,
    language: str,
    user: User | None = None,
) -> Applicant:
    """Return who files: the answers named in the definition's `contact`, else the account's."""
    contact = catalog.compiled(version).source.get("contact", {})
    keys = contact.get("name", ["last_name", "first_names"])
    name = " ".join(filter(None, (str(answers.get(key) or "") for key in keys)))
    phone = answers.get(contact.get("phone", "phone")) or (user.phone if user else "")
    email = answers.get(contact.get("email", "email")) or (user.email if user else "")
    return Applicant(
        name=name or (str(user) if user else version.eservice.title_in("fr")),
        phone=str(phone),
        email=str(email),
        language=str(answers.get(contact.get("language", "language")) or language),
        user=user,
    )
