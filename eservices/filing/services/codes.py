"""Short codes sent by SMS: each opens one thing, once, for a quarter of an hour."""

import uuid
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from eservices.filing.errors import WrongCode
from eservices.filing.models import AccessCode
from portal.core.references import new_code

CODE_LIFE = timedelta(minutes=15)
CODE_ATTEMPTS = 5


def new_access_code(purpose: str, target: uuid.UUID | None) -> tuple[AccessCode, str]:
    """Make a code that opens `target` for fifteen minutes; None makes one that opens nothing."""
    code = new_code()
    row = AccessCode.objects.create(
        purpose=purpose,
        target=target,
        code_hash=make_password(code),
        expires_at=timezone.now() + CODE_LIFE,
    )
    return row, code


def redeem(access_id: uuid.UUID, code: str, *, purpose: str) -> uuid.UUID:
    """Return what the code opens, once. :raises WrongCode: also when it never opened anything."""
    with transaction.atomic():
        tried = AccessCode.objects.filter(
            pk=access_id,
            purpose=purpose,
            used_at=None,
            attempts__lt=CODE_ATTEMPTS,
            expires_at__gt=timezone.now(),
        ).update(attempts=F("attempts") + 1)
    row = AccessCode.objects.filter(pk=access_id).first() if tried else None
    # The hash is checked even for a code that opens nothing, so that both take the same time.
    if row is None or not check_password(code, row.code_hash) or row.target is None:
        raise WrongCode(_("This code is wrong or too old. Ask for a new one."))
    if not AccessCode.objects.filter(pk=row.pk, used_at=None).update(used_at=timezone.now()):
        raise WrongCode(_("This code was already used. Ask for a new one."))
    return row.target
