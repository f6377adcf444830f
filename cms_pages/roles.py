"""Who may do what in the CMS. No case, payment or citizen is registered there, whatever the role."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    WorkflowTask,
)

PAGES = {
    "Editors": ["add_page", "change_page"],
    "Reviewers": ["add_page", "change_page"],
    "Publishers": ["add_page", "change_page", "publish_page", "lock_page", "unlock_page"],
}
SNIPPETS = ["organisation", "alert"]
# Who edits an e-service does not put it before the public; cases are open to neither.
ESERVICES = {
    "Editors": ["change_eservice"],
    "Reviewers": ["change_eservice"],
    "Publishers": ["change_eservice", "publish_eservice"],
}
FILES = ["add_image", "choose_image", "add_document", "choose_document"]
BORN_WITH = "Moderators"  # Wagtail's own second group: ours are named after what they do
BORN_TASK = "Moderators approval"  # and the one step of its workflow


def install(root: Page) -> None:
    """Make the three groups of the CMS, and let reviewers approve what editors submit."""
    Group.objects.filter(name=BORN_WITH, user__isnull=True).delete()
    for name, page_permissions in PAGES.items():
        group, _created = Group.objects.get_or_create(name=name)
        group.permissions.add(_permission("wagtailadmin", "access_admin"))
        group.permissions.add(_permission("cms_pages", "view_pagevote"))
        group.permissions.add(_permission("cms_pages", "view_searchmiss"))
        for codename in ESERVICES[name]:
            group.permissions.add(_permission("catalog", codename))
        for codename in page_permissions:
            GroupPagePermission.objects.get_or_create(
                group=group, page=root, permission=_permission("wagtailcore", codename)
            )
        _allow_files(group)
        if name != "Editors":
            for verb in ("view", "change"):
                group.permissions.add(_permission("cms_pages", f"{verb}_contribution"))
            group.permissions.add(*_snippet_permissions())
    _install_moderation()


def _install_moderation() -> None:
    """Let reviewers approve what authors submit, then publishers publish it: two acts, two people.

    What an administrator has arranged otherwise stays.
    """
    review = GroupApprovalTask.objects.filter(name=BORN_TASK).first()
    task = review and review.workflow_tasks.select_related("workflow").first()
    if review is None or task is None:
        return
    review.name, task.workflow.name = _("Review"), _("Review, then publication")
    review.save()
    task.workflow.save()
    review.groups.set(Group.objects.filter(name__in=["Reviewers", "Publishers"]))
    publication = GroupApprovalTask.objects.create(name=_("Publication"))
    publication.groups.set(Group.objects.filter(name="Publishers"))
    WorkflowTask.objects.create(workflow=task.workflow, task=publication, sort_order=1)


def install_webmasters(name: str, homes: Iterable[Page], collection: Collection) -> Group:
    """Make the group `name`: its members write and publish below `homes`, and nowhere else."""
    group, _created = Group.objects.get_or_create(name=name)
    group.permissions.add(_permission("wagtailadmin", "access_admin"))
    for home in homes:
        for codename in PAGES["Publishers"]:
            GroupPagePermission.objects.get_or_create(
                group=group, page=home, permission=_permission("wagtailcore", codename)
            )
    _allow_files(group, collection)
    return group


def _allow_files(group: Group, collection: Collection | None = None) -> None:
    for codename in FILES:
        app = "wagtailimages" if codename.endswith("image") else "wagtaildocs"
        GroupCollectionPermission.objects.get_or_create(
            group=group,
            collection=collection or Collection.get_first_root_node(),
            permission=_permission(app, codename),
        )


def _snippet_permissions() -> list[Permission]:
    names = [f"{verb}_{model}" for model in SNIPPETS for verb in ("add", "change", "delete")]
    return list(Permission.objects.filter(content_type__app_label="cms_pages", codename__in=names))


def _permission(app: str, codename: str) -> Permission:
    return Permission.objects.get(content_type__app_label=app, codename=codename)
