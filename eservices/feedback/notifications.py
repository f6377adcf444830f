"""What is told to a person who made a suggestion or a complaint."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

NEEDS = {"reference": "its number", "url": "page to follow it", "due": "day of the answer"}

register(
    "feedback.filed",
    needs=NEEDS,
    subject=_("We received your message %(reference)s"),
    sms=[_("your message %(reference)s was received."), _("Answer by %(due)s.")],
    body=[
        _("We received your suggestion or complaint. Its number is %(reference)s."),
        _("The office will answer by %(due)s."),
    ],
    action=_("Follow my message"),
)

register(
    "feedback.answered",
    needs=NEEDS,
    subject=_("Your message %(reference)s has an answer"),
    sms=[_("your message %(reference)s has an answer.")],
    body=[_("The office has answered your suggestion or complaint %(reference)s.")],
    action=_("Read the answer"),
)
