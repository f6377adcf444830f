"""What the desk writes to those who work there."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "desk.figures_ready",
    needs={"url": "page of the exports", "days": "for how long the file is kept"},
    subject=_("Your figures are ready"),
    sms=[],
    body=[
        _("The figures you asked for are ready."),
        _("Sign in to fetch the file; it is destroyed after %(days)s days."),
    ],
    action=_("Fetch the file"),
)

register(
    "desk.untouched",
    needs={
        "number": "how many files",
        "days": "for how many days nobody touched them",
        "office": "name of the office",
        "url": "the queue that shows them",
    },
    subject=_("Files that nobody has touched for %(days)s days"),
    sms=[],
    body=[
        _("Office: %(office)s"),
        _("Files taken by an agent and not touched for %(days)s days: %(number)s."),
        _("See who has them, and give them to somebody else if need be."),
    ],
    action=_("See these files"),
)
