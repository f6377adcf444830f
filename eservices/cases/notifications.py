"""Messages about the circuit of a case."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "case.stepped_back",
    needs={"reference": "number of the request", "url": "page of the request"},
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s goes back one stage"),
    sms=[_("request %(reference)s goes back one stage. Read why on its page.")],
    body=[
        _("Your request %(reference)s goes back to an earlier stage."),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("You have nothing to do unless the office asks you."),
    ],
    action=_("Follow my request"),
)
