"""Filling in for somebody else: with an accreditation, and with the code the person received."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.catalog.models import EService
from eservices.filing.errors import WrongCode
from eservices.filing.models import Accreditation, Draft
from eservices.filing.services.codes import CODE_LIFE
from eservices.filing.services.drafts import DRAFT_LIFE, begin, compiled
from portal.accounts.models import Office, User


def accreditation_of(user: User | None) -> Accreditation | None:
    """Return the right of `user` to help, if it is valid today."""
    return Accreditation.objects.valid().filter(user=user).first() if user else None


@transaction.atomic
def begin_helped(
    eservice: EService, *, helper: User, phone: str, language: str, office: Office | None = None
) -> Draft:
    """Start a draft that nobody may open until the person with `phone` agrees.

    :raises EServiceClosed:
    """
    draft = begin(eservice, owner=None, language=language, office=office)
    draft.helper, draft.phone = helper, phone
    draft.expires_at = timezone.now() + CODE_LIFE + timedelta(minutes=5)
    draft.save(update_fields=["helper", "phone", "expires_at"])
    return draft


@transaction.atomic
def agree(draft: Draft, *, helper: User) -> Draft:
    """The person gave the code: `helper` may fill in. The request is the person's own.

    :raises WrongCode: the code was for another helper.
    """
    locked = Draft.objects.select_for_update().filter(pk=draft.pk, helper=helper).first()
    if locked is None:
        raise WrongCode(_("This code is wrong or too old. Ask for a new one."))
    locked.helped_at = timezone.now()
    locked.expires_at = locked.helped_at + DRAFT_LIFE
    locked.owner = User.objects.filter(phone=locked.phone, phone_verified=True).first()
    spec = compiled(locked)
    asked = spec.source.get("contact", {}).get("phone", "phone")
    if asked in spec.field_by_key:  # given already, and the only one that messages go to
        locked.answers = {asked: locked.phone, **locked.answers}
    locked.save(update_fields=["helped_at", "expires_at", "owner", "answers"])
    return locked
