"""Views of the queue that people keep and share."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from eservices.backoffice.models import SavedView
from eservices.cases.errors import BadRequest
from portal.accounts.models import Office, User

MOST = 30


def save_view(*, owner: User, name: str, query: str, office: Office | None = None) -> SavedView:
    """Keep these filters under a name. :raises BadRequest: without a name, or a second time."""
    name = " ".join(name.split())[:60]
    if not name:
        raise BadRequest(_("Give the view a name."))
    if not query:
        raise BadRequest(_("Choose at least one filter: a view without any is the queue itself."))
    if owner.saved_views.count() >= MOST:
        raise BadRequest(_("You have thirty views: delete one first."))
    try:
        with transaction.atomic():
            return SavedView.objects.create(owner=owner, name=name, query=query, office=office)
    except IntegrityError as exc:
        raise BadRequest(_("You already have a view of this name.")) from exc


def delete_view(view_id: int, *, owner: User) -> bool:
    """Forget a view of one's own; those of others are theirs to delete."""
    return bool(SavedView.objects.filter(pk=view_id, owner=owner).delete()[0])
