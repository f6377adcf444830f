"""What the CMS does by itself."""

from django.core.management import call_command
from django.db import transaction
from django.urls import reverse

from cms_pages import links
from cms_pages.models import ProcedurePage
from portal.notifications.services import notify


def remind_owners() -> int:
    """Tell the owner of each guide that should have been checked, once for each due date.

    Returns how many guides are overdue and have an owner with a mail address.
    """
    guides = ProcedurePage.objects.overdue().exclude(review_owner=None).exclude(reviewed_on=None)
    told = 0
    for guide in guides.select_related("review_owner"):
        owner = guide.review_owner
        if owner is None or not owner.email or not owner.is_active:
            continue
        with transaction.atomic():
            notify(
                "guide.overdue",
                to_phone="",
                to_email=owner.email,
                language=owner.language,
                context={
                    "title": guide.title,
                    "url": reverse("wagtailadmin_pages:edit", args=[guide.pk]),
                    "date": guide.review_due,
                },
                key=f"{guide.pk}:{guide.review_due}",
            )
        told += 1
    return told


def publish_due() -> None:
    """Publish and withdraw the pages whose hour has come, which an editor set in advance."""
    call_command("publish_scheduled", verbosity=0)


def check_links() -> int:
    """Look for links that lead nowhere. Returns how many are to be mended."""
    return links.check_all()
