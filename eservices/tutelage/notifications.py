"""What offices are told about the acts they sent up."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "act.observed",
    needs={
        "number": "of the act",
        "office": "that observes",
        "url": "history of the case",
    },
    subject=_("Observation on the act %(number)s"),
    sms=[],
    body=[
        _("%(office)s wrote an observation on the act %(number)s, issued by your office."),
        _("Read it in the history of the request. You may cancel or replace the act, or answer."),
    ],
    action=_("Read the observation"),
)
