"""Messages about the circuit of a case."""

from django.utils.translation import gettext_lazy as _

from portal.notifications.registry import register

register(
    "case.in_your_name",
    needs={
        "reference": "number of the request",
        "applicant": "who filed it",
        "url": "page of the request",
    },
    subject=_("A request in your name: %(reference)s"),
    sms=[_("%(applicant)s made request %(reference)s in your name. Follow it with this phone.")],
    body=[],
)

register(
    "case.stepped_back",
    needs={"reference": "number of the request", "url": "page of the request"},
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "stage": "name of the stage to which it goes back",
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

register(
    "case.stage_again",
    needs={
        "reference": "number of the request",
        "url": "page of the request",
        "stage": "name of the stage",
    },
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s: a stage is put off"),
    sms=[_("request %(reference)s: put off, %(stage)s. Read why on its page.")],
    body=[
        _("This stage of your request %(reference)s is put off and will be held again: %(stage)s"),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("If you must come, the office will call you again: %(office)s"),
    ],
    action=_("Follow my request"),
)

register(
    "case.rerouted",
    needs={
        "reference": "number of the request",
        "url": "page of the request",
        "office": "name of the office that takes over",
    },
    may={
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "due": "day by which it must answer",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s is now with another office"),
    sms=[
        _("request %(reference)s is now with: %(office)s."),
        _("Read why on its page."),
    ],
    body=[
        _("Your request %(reference)s was handed over. It is now with: %(office)s."),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("The office must answer by %(due)s."),
        _("You have nothing to do."),
    ],
    action=_("Follow my request"),
)

register(
    "case.lapsed",
    needs={"reference": "number of the request", "url": "page of the request"},
    may={"office": "name of the office", "title": "name of the e-service", "time_zone": "zone"},
    subject=_("Request %(reference)s is closed without an answer"),
    sms=[_("request %(reference)s is closed: what was asked did not come in time.")],
    body=[
        _("Your request %(reference)s is closed: what was asked did not come in time."),
        _("Procedure: %(title)s"),
        _("Ask the office if you need it opened again: %(office)s"),
    ],
    action=_("Follow my request"),
)

register(
    "case.withdrawn",
    needs={"reference": "number of the request", "url": "page of the request"},
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, as the applicant wrote it; only in the mail",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s is withdrawn"),
    sms=[
        _("you withdrew request %(reference)s. It is closed."),
        _("Not you? Call the office: %(office)s."),
    ],
    body=[
        _("You withdrew your request %(reference)s. It is closed."),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("Was it not you? Tell the office at once: %(office)s"),
    ],
    action=_("Follow my request"),
)

register(
    "case.reopened",
    needs={"reference": "number of the request", "url": "page of the request"},
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "due": "day by which the office must answer",
        "number": "number of the document that this cancels",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s is examined again"),
    sms=[
        _("request %(reference)s is examined again. Read why on its page."),
        _("Its document %(number)s has no value any more."),
        _("Answer expected by %(due)s."),
    ],
    body=[
        _("Your request %(reference)s is examined again."),
        _("Procedure: %(title)s"),
        _("Reason: %(motive)s"),
        _("The document %(number)s is cancelled: do not use it any more."),
        _("The office must answer by %(due)s."),
    ],
    action=_("Follow my request"),
)

register(
    "case.to_pay",
    needs={
        "reference": "number of the request",
        "amount": "sum to pay",
        "url": "page of the request",
    },
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "until": "last day to pay",
        "time_zone": "zone of the office",
    },
    subject=_("Request %(reference)s: %(amount)s to pay"),
    sms=[
        _("request %(reference)s: %(amount)s to pay to go on."),
        _("Before %(until)s."),
    ],
    body=[
        _("Your request %(reference)s needs a payment of %(amount)s to go on."),
        _("Procedure: %(title)s"),
        _("Pay before %(until)s. The delay is stopped until then."),
        _("Pay on the page of your request, or at the office. No other sum may be asked of you."),
    ],
    action=_("Pay"),
)

register(
    "appointment.missed",
    needs={
        "reference": "number of the request",
        "url": "page of the request",
        "at": "day and hour of the missed appointment",
    },
    may={"office": "name of the office", "title": "name of the e-service", "time_zone": "zone"},
    subject=_("Another appointment for request %(reference)s"),
    sms=[_("request %(reference)s: you did not come. Choose another day, once, free of charge.")],
    body=[
        _("You did not come to your appointment of %(at)s for your request %(reference)s."),
        _("Procedure: %(title)s"),
        _("You may choose another day, once, free of charge, on the page of your request."),
    ],
    action=_("Choose another day"),
)

register(
    "hearing.convocation",
    needs={
        "reference": "number of the request",
        "url": "page of the request",
        "at": "day and hour",
        "room": "where",
    },
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "was": "the moment that this one replaces",
        "motive": "why it was moved; only in the mail",
        "time_zone": "zone",
    },
    subject=_("Hearing for request %(reference)s"),
    sms=[
        _("hearing for request %(reference)s: %(at)s, %(room)s."),
        _("It replaces that of %(was)s."),
        _("Office: %(office)s."),
    ],
    body=[
        _("You are called to a hearing for your request %(reference)s."),
        _("When: %(at)s"),
        _("Where: %(room)s, %(office)s"),
        _("It replaces that of %(was)s."),
        _("Reason: %(motive)s"),
        _("Bring your identity paper and the originals of your pieces."),
    ],
    action=_("Follow my request"),
)

register(
    "hearing.witness",
    needs={"at": "day and hour", "room": "where", "applicant": "who files"},
    may={
        "office": "name of the office",
        "name": "the witness",
        "was": "the moment that this one replaces",
        "time_zone": "zone",
    },
    subject=_("You are called as a witness"),
    sms=[
        _("you are called as a witness for %(applicant)s: %(at)s, %(room)s."),
        _("It replaces that of %(was)s."),
        _("Office: %(office)s."),
    ],
    body=[],
)

register(
    "hearing.cancelled",
    needs={
        "reference": "number of the request",
        "url": "page of the request",
        "at": "day and hour of the hearing that is cancelled",
    },
    may={
        "office": "name of the office",
        "title": "name of the e-service",
        "motive": "why, in full; only in the mail",
        "time_zone": "zone",
    },
    subject=_("The hearing for request %(reference)s is cancelled"),
    sms=[
        _("the hearing of %(at)s for request %(reference)s is cancelled: do not come."),
        _("Another day will be told to you."),
    ],
    body=[
        _("The hearing of %(at)s for your request %(reference)s is cancelled: do not come."),
        _("Reason: %(motive)s"),
        _("The office will call you for another day: %(office)s"),
    ],
    action=_("Follow my request"),
)

register(
    "hearing.witness_cancelled",
    needs={"at": "day and hour of the hearing that is cancelled", "applicant": "who files"},
    may={"office": "name of the office", "name": "the witness", "time_zone": "zone"},
    subject=_("The hearing is cancelled"),
    sms=[
        _("the hearing of %(at)s for %(applicant)s is cancelled: do not come."),
        _("Office: %(office)s."),
    ],
    body=[],
)

register(
    "stage.outside",
    needs={
        "office": "name of the office",
        "subject": "what is asked",
        "until": "last day to answer",
        "url": "page to answer",
    },
    may={"time_zone": "zone of the office"},
    subject=_("%(office)s asks your opinion"),
    sms=[_("%(office)s asks you, before %(until)s: %(subject)s")],
    body=[
        _("%(office)s asks your opinion: %(subject)s"),
        _("Open the page and press one button. You need no account."),
        _("Please answer by %(until)s."),
        _("This link is for you alone and works once."),
    ],
    action=_("Give my answer"),
    is_sensitive=True,
)

STAFF_NEEDS = {"reference": "number of the request", "url": "page of the case", "stage": "its name"}
STAFF_MAY = {"title": "name of the e-service", "due": "deadline", "time_zone": "zone of the office"}

register(
    "stage.reminder",
    needs=STAFF_NEEDS,
    may=STAFF_MAY,
    subject=_("Request %(reference)s waits for you"),
    sms=[],
    body=[
        _("The stage “%(stage)s” of request %(reference)s still waits."),
        _("Procedure: %(title)s"),
        _("Due: %(due)s"),
    ],
    action=_("Open the request"),
)

register(
    "stage.escalated",
    needs=STAFF_NEEDS,
    may=STAFF_MAY,
    subject=_("Request %(reference)s is late in your office"),
    sms=[],
    body=[
        _("The stage “%(stage)s” of request %(reference)s was not done in time."),
        _("Procedure: %(title)s"),
        _("Due: %(due)s"),
        _("You may do it yourself, or give it to another agent."),
    ],
    action=_("Open the request"),
)

ACT_MAY = {
    "office": "name of the office",
    "title": "name of the e-service",
    "motive": "why, in full; only in the mail",
    "number": "number of the new document",
    "former": "number of the former document",
    "time_zone": "zone of the office",
}
register(
    "case.act_cancelled",
    needs={"reference": "number of the request", "url": "page of the request"},
    may=ACT_MAY,
    subject=_("The document of request %(reference)s is cancelled"),
    sms=[_("the document of request %(reference)s is cancelled. Read why on its page.")],
    body=[
        _(
            "The document issued for your request %(reference)s is cancelled: it has no value any more."
        ),
        _("Document: %(number)s"),
        _("Reason: %(motive)s"),
        _("If you do not agree, write to the office from the page of your request."),
    ],
    action=_("Follow my request"),
)
register(
    "case.act_replaced",
    needs={"reference": "number of the request", "url": "page of the request"},
    may=ACT_MAY,
    subject=_("A corrected document for request %(reference)s"),
    sms=[_("a corrected document replaces the former one of request %(reference)s.")],
    body=[
        _("A corrected document replaces the one that was issued for your request %(reference)s."),
        _("New document: %(number)s"),
        _("The former one has no value any more: %(former)s"),
        _("Reason: %(motive)s"),
    ],
    action=_("Get my document"),
)
