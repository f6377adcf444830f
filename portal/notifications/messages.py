"""Every message of the portal. The keys of each context are documented beside it.

`url` is a path or an absolute address; dates may be `date` or `datetime`; a text may be a
`{"fr": …}` mapping; `time_zone` (optional everywhere) is the zone in which dates are written.
An SMS may be read by others, so it never says why a request was refused nor what is asked.
"""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

REFERENCE = {"reference": "public number of the request"}
ABOUT = REFERENCE | {"title": "name of the e-service"}
LINK = {"url": "page where the person reads or acts"}
OFFICE = {"office": "name of the office"}
ZONE = {"time_zone": "name of the zone in which dates are written"}

register(
    "case.submitted",
    needs=ABOUT | LINK | {"date": "day of filing"},
    may=OFFICE | ZONE | {"due": "day by which the office must answer"},
    subject=_("Request %(reference)s received"),
    sms=[
        _("request %(reference)s received on %(date)s."),
        _("Answer expected by %(due)s."),
        _("Office: %(office)s."),
    ],
    body=[
        _("Your request %(reference)s was received on %(date)s."),
        _("Procedure: %(title)s"),
        _("Office in charge: %(office)s"),
        _("The office must answer by %(due)s."),
        _("Keep this number: with it and your phone you can follow your request at any time."),
    ],
    action=_("Follow my request"),
)

register(
    "payment.received",
    needs=REFERENCE | {"amount": "Money paid"},
    may=LINK | ZONE | {"title": "name of the e-service", "receipt_number": "number of the receipt"},
    subject=_("Payment received for request %(reference)s"),
    sms=[
        _("payment of %(amount)s received for request %(reference)s."),
        _("Receipt %(receipt_number)s."),
    ],
    body=[
        _("We received your payment of %(amount)s for request %(reference)s."),
        _("Procedure: %(title)s"),
        _("Receipt number: %(receipt_number)s"),
    ],
    action=_("Get my receipt"),
)

register(
    "payment.pending_reminder",
    needs=REFERENCE | LINK | {"amount": "Money due"},
    may=ZONE | {"title": "name of the e-service", "until": "last day to pay"},
    subject=_("Request %(reference)s is waiting for your payment"),
    sms=[
        _("request %(reference)s is waiting for your payment of %(amount)s."),
        _("Last day: %(until)s."),
    ],
    body=[
        _("Your request %(reference)s is complete, but %(amount)s remain to be paid."),
        _("Procedure: %(title)s"),
        _("The office starts its work when the payment has arrived."),
        _("Last day to pay: %(until)s"),
    ],
    action=_("Pay now"),
)

register(
    "complement.requested",
    needs=REFERENCE | LINK,
    may=OFFICE | ZONE | {"title": "name of the e-service", "due": "last day to answer"},
    subject=_("Something is missing in request %(reference)s"),
    sms=[
        _("the office asks you to complete request %(reference)s."),
        _("Last day: %(due)s."),
    ],
    body=[
        _("The office asks you to complete or correct your request %(reference)s."),
        _("Procedure: %(title)s"),
        _("Office in charge: %(office)s"),
        _("Please answer by %(due)s."),
        _("Only what must be corrected is open; the rest of your request stays as it is."),
    ],
    action=_("Complete my request"),
)

register(
    "complement.reminder",
    needs=REFERENCE | LINK | {"due": "last day to answer"},
    may=OFFICE | ZONE | {"title": "name of the e-service"},
    subject=_("Reminder: request %(reference)s is waiting for you"),
    sms=[_("request %(reference)s is still waiting for your answer. Last day: %(due)s.")],
    body=[
        _("Your request %(reference)s is still waiting for what the office asked you."),
        _("Procedure: %(title)s"),
        _("Please answer by %(due)s; after that day the office may close the request."),
    ],
    action=_("Complete my request"),
)

register(
    "message.received",
    needs=REFERENCE | LINK,
    may=OFFICE | ZONE | {"title": "name of the e-service"},
    subject=_("New message about request %(reference)s"),
    sms=[_("the office wrote to you about request %(reference)s.")],
    body=[
        _("The office wrote to you about your request %(reference)s."),
        _("Procedure: %(title)s"),
        _("Office in charge: %(office)s"),
    ],
    action=_("Read the message"),
)

register(
    "case.accepted",
    needs=REFERENCE | LINK,
    may=OFFICE | ZONE | {"title": "name of the e-service"},
    subject=_("Your request %(reference)s is granted"),
    sms=[_("your request %(reference)s is granted.")],
    body=[
        _("Good news: your request %(reference)s was granted."),
        _("Procedure: %(title)s"),
        _("Office in charge: %(office)s"),
    ],
    action=_("Follow my request"),
)

register(
    "case.granted",
    needs=REFERENCE | LINK,
    may=OFFICE
    | ZONE
    | {
        "title": "name of the e-service",
        "until": "last day of validity",
        "counter": "office that hands it over on paper",
    },
    subject=_("Your document is ready: request %(reference)s"),
    sms=[
        _("your document for request %(reference)s is ready."),
        _("Collect it with an identity paper at: %(counter)s."),
    ],
    body=[
        _("Good news: your request %(reference)s was granted and your document is ready."),
        _("Collect it with an identity paper at: %(counter)s."),
        _("Procedure: %(title)s"),
        _("The document is valid until %(until)s."),
        _("Anybody can check that it is genuine with the square code printed on it."),
    ],
    action=_("Download my document"),
)

register(
    "case.refused",
    needs=REFERENCE | LINK,
    may=OFFICE
    | ZONE
    | {
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "appeal": "how to contest",
        "until": "last day to contest",
    },
    subject=_("Decision on request %(reference)s"),
    sms=[_("the decision on request %(reference)s is available.")],
    body=[
        _("Your request %(reference)s was not granted."),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("How to contest this decision: %(appeal)s"),
        _("You may contest it on the page of your request until %(until)s."),
    ],
    action=_("Read the decision"),
)

register(
    "case.handed_over",
    needs=REFERENCE | LINK | {"office": "name of the office that takes over"},
    may=ZONE | {"title": "name of the e-service", "due": "day by which it must answer"},
    subject=_("Request %(reference)s is now with another office"),
    sms=[_("request %(reference)s is now with: %(office)s.")],
    body=[
        _("Your request %(reference)s was handed over. It is now with: %(office)s."),
        _("Procedure: %(title)s"),
        _("The office must answer by %(due)s."),
        _("You have nothing to do."),
    ],
    action=_("Follow my request"),
)

register(
    "draft.resume_code",
    needs=LINK | {"code": "code that opens the draft"},
    may=ZONE | {"title": "name of the e-service", "until": "day when the draft is deleted"},
    subject=_("Continue your request later"),
    sms=[_("your code to continue your request: %(code)s."), _("Kept until %(until)s.")],
    body=[
        _("You can continue your request where you stopped, on any device."),
        _("Procedure: %(title)s"),
        _("Your code: %(code)s"),
        _("Your answers are kept until %(until)s."),
        _("Give this code to nobody: it opens your answers."),
    ],
    action=_("Continue my request"),
    is_sensitive=True,
)

register(
    "draft.expiring",
    needs=LINK | {"until": "day when the draft is deleted"},
    may=ZONE | {"title": "name of the e-service"},
    subject=_("Your unfinished request will be deleted"),
    sms=[_("your unfinished request will be deleted on %(until)s."), _("%(title)s.")],
    body=[
        _("You started a request and did not send it. It will be deleted on %(until)s."),
        _("Procedure: %(title)s"),
        _("If you no longer need it, you have nothing to do."),
    ],
    action=_("Continue my request"),
)

register(
    "tracking.code",
    needs={"code": "code of six digits", "minutes": "how long it works"},
    may=REFERENCE | LINK | ZONE,
    subject=_("Your code: %(code)s"),
    sms=[_("%(code)s is your code to follow your request. It works for %(minutes)s minutes.")],
    body=[
        _("Your code to follow your request: %(code)s"),
        _("It works for %(minutes)s minutes. Give it to nobody."),
        _("If you asked for nothing, ignore this message."),
    ],
    is_sensitive=True,
)

register(
    "account.code",
    needs={"code": "code of six digits", "minutes": "how long it works"},
    subject=_("Your code: %(code)s"),
    sms=[_("%(code)s is your sign-in code. It works for %(minutes)s minutes. Give it to nobody.")],
    body=[
        _("Your sign-in code: %(code)s"),
        _("It works for %(minutes)s minutes. Give it to nobody."),
    ],
    is_sensitive=True,
)

register(
    "account.unknown",
    needs={},
    may=LINK,
    subject=_("No account with this number"),
    sms=[_("somebody asked for a sign-in code, but no account has this number."), _("Sign up:")],
    body=[],
)

register(
    "account.exists",
    needs={},
    may=LINK,
    subject=_("You already have an account"),
    sms=[_("you already have an account."), _("Sign in with a code:")],
    body=[],
)
