"""What members of a body are told."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "sitting.convened",
    needs={"body": "the body that meets", "at": "date and time", "place": "where"},
    subject=_("You are called: %(body)s"),
    sms=[_("%(body)s: %(at)s, %(place)s. The dossiers are at the agents' desk.")],
    body=[
        _("%(body)s meets on %(at)s, in %(place)s."),
        _("The agenda is frozen. Read the dossiers at the agents' desk, under “Sittings”."),
    ],
)
