"""What people are told about what they still owe."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "duty.reminder",
    needs={
        "what": "what is owed",
        "due": "by which day",
        "reference": "of the request",
        "url": "of the request",
    },
    subject=_("Still owed: %(what)s"),
    sms=[_("%(reference)s: %(what)s is due by %(due)s.")],
    body=[
        _("For the request %(reference)s, this is still owed: %(what)s."),
        _("Hand it in by %(due)s at the latest."),
    ],
    action=_("Open the request"),
)
