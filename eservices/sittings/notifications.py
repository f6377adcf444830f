"""What members of a body are told."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "sitting.extended",
    needs={"body": "the body that meets", "at": "date and time", "place": "where"},
    subject=_("One dossier more: %(body)s"),
    sms=[_("%(body)s, %(at)s: a dossier was added to the agenda. Make your pack again.")],
    body=[
        _("A dossier was added to the agenda of %(body)s, which meets on %(at)s in %(place)s."),
        _("Read it at the agents' desk, under “Sittings”, and make your pack again."),
    ],
)
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
