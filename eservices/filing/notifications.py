"""Messages of the citizen's way that the whole portal does not share."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "draft.resume_link",
    needs={"url": "page that opens the draft", "until": "day when the draft is deleted"},
    may={"title": "name of the e-service"},
    subject=_("Continue your request later"),
    sms=[_("continue your request here, until %(until)s.")],
    body=[
        _("You can continue your request where you stopped, on any device."),
        _("Procedure: %(title)s"),
        _("Your answers are kept until %(until)s."),
    ],
    action=_("Continue my request"),
)

register(
    "draft.code",
    needs={"code": "code of six digits", "minutes": "how long it works"},
    may={"title": "name of the e-service"},
    subject=_("Your code: %(code)s"),
    sms=[_("%(code)s is your code to continue your request. It works for %(minutes)s minutes.")],
    body=[
        _("Your code to continue your request: %(code)s"),
        _("It works for %(minutes)s minutes. Give it to nobody."),
    ],
    is_sensitive=True,
)

register(
    "draft.closing",
    needs={"day": "when the service closes", "url": "page that opens the draft"},
    may={"title": "name of the e-service"},
    subject=_("Your request must be sent soon"),
    sms=[_("this service closes on %(day)s. Finish your request:")],
    body=[
        _("You began a request and have not sent it."),
        _("Procedure: %(title)s"),
        _("This service closes on %(day)s. After that your request cannot be sent."),
    ],
    action=_("Continue my request"),
)

register(
    "draft.closed",
    needs={"url": "page that opens the draft"},
    may={"title": "name of the e-service", "day": "when it closed", "message": "why, in a mail"},
    subject=_("Your request cannot be sent now"),
    sms=[_("your request was not sent: its service is closed."), _("Closed on %(day)s.")],
    body=[
        _("You began a request and have not sent it."),
        _("Procedure: %(title)s"),
        _("%(message)s"),
        _("Your answers are kept for now."),
    ],
    action=_("Continue my request"),
)

register(
    "draft.reopened",
    needs={"url": "page that opens the draft"},
    may={"title": "name of the e-service", "day": "when it closes again"},
    subject=_("You can send your request again"),
    sms=[_("this service is open again. Finish your request:"), _("It closes on %(day)s.")],
    body=[
        _("You began a request and have not sent it."),
        _("Procedure: %(title)s"),
        _(
            "This service is open again: your answers are kept, you can finish and send your request."
        ),
        _("It closes on %(day)s."),
    ],
    action=_("Continue my request"),
)

register(
    "draft.help_code",
    needs={
        "code": "code of six digits",
        "minutes": "how long it works",
        "helper": "who helps",
        "place": "where",
    },
    may={"title": "name of the e-service"},
    subject=_("Your code: %(code)s"),
    sms=[
        _("%(helper)s (%(place)s) wants to fill in a request for you."),
        _("If you agree, give this code: %(code)s. It works for %(minutes)s minutes."),
    ],
    body=[],
    is_sensitive=True,
)

register(
    "draft.helped",
    needs={"reference": "number of the request", "helper": "who helped", "url": "its page"},
    may={"amount": "what is to pay before it is examined"},
    subject=_("Your request %(reference)s"),
    sms=[
        _("your request %(reference)s was sent with the help of %(helper)s."),
        _("To pay first: %(amount)s, at the counter or here:"),
    ],
    body=[],
)
