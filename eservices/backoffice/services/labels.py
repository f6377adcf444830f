"""Words that an office sticks on its cases."""

from django.db import transaction
from django.utils.translation import gettext as _

from eservices.backoffice.models import CaseLabel, Label
from eservices.cases.errors import BadRequest
from eservices.cases.models import Case
from portal.accounts.models import User


@transaction.atomic
def add_label(case: Case, *, name: str, actor: User) -> Label:
    """Stick a label on the case; the office learns the word. :raises BadRequest: without a word."""
    name = " ".join(name.split())[:40]
    if not name:
        raise BadRequest(_("Write the word of the label."))
    label, _made = Label.objects.get_or_create(office_id=case.office_id, name=name)
    CaseLabel.objects.get_or_create(case=case, label=label, defaults={"added_by": actor})
    return label


@transaction.atomic
def remove_label(case: Case, *, name: str) -> None:
    """Take a label off the case; a word that no case bears any more is forgotten."""
    CaseLabel.objects.filter(case=case, label__name=name).delete()
    Label.objects.filter(office_id=case.office_id, name=name, cases=None).delete()
