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


def change_view(
    view_id: int, *, owner: User, name: str, office: Office | None = None
) -> SavedView | None:
    """Give a view of one's own another name and other readers; None when it is not one's own.

    :raises BadRequest: without a name, or with that of another view.
    """
    view = SavedView.objects.filter(pk=view_id, owner=owner).first()
    if view is None:
        return None
    view.name, view.office = " ".join(name.split())[:60], office
    if not view.name:
        raise BadRequest(_("Give the view a name."))
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "office"])
    except IntegrityError as exc:
        raise BadRequest(_("You already have a view of this name.")) from exc
    return view


def delete_view(view_id: int, *, owner: User) -> bool:
    """Forget a view of one's own; those of others are theirs to delete."""
    return bool(SavedView.objects.filter(pk=view_id, owner=owner).delete()[0])
