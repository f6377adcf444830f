"""What the CMS writes to its editors."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "guide.overdue",
    needs={
        "title": "title of the guide",
        "url": "where it is edited",
        "date": "day on which it was due",
    },
    subject=_("To check: %(title)s"),
    sms=[],
    body=[
        _("The guide “%(title)s” should have been checked by %(date)s."),
        _("Read it again, correct what has changed, then write the day of your check in it."),
    ],
    action=_("Open the guide"),
)
