"""Pages for developers: the captured messages, the codes of sample staff, the components."""

import datetime
import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from portal.accounts.sample import sample_logins
from portal.notifications.gsm import measure
from portal.notifications.models import Channel, Delivery, DeliveryStatus

View = Callable[[HttpRequest], HttpResponse]
TOTP_SECONDS = 30
MESSAGES_PER_PAGE = 25
STATUS_TAGS = {
    DeliveryStatus.QUEUED: "info",
    DeliveryStatus.SENDING: "info",
    DeliveryStatus.SENT: "success",
    DeliveryStatus.FAILED: "danger",
}

NOON = datetime.datetime(2026, 3, 2, 12, 0, tzinfo=datetime.UTC)

# Real sentences in the two directions: a placeholder never shows what a long Arabic label does.
FRENCH = {
    "lang": "fr",
    "dir": "ltr",
    "title": "Extrait d’acte de naissance",
    "lead": "Demandez une copie de votre acte, payez en ligne et recevez-la en trois jours ouvrables.",
    "verb": "Continuer",
    "start": "Commencer la démarche",
    "steps": ["L’acte", "Le demandeur", "Les pièces", "Vérifier et envoyer"],
    "rows": [("Nom de famille", "HASSAN"), ("Prénoms", "Ayan Moussa"), ("Né en", "1964")],
    "choices": ["Pour moi-même", "Pour mon enfant mineur", "Pour une personne qui m’a mandaté"],
    "help": "Comme sur l’acte. Si vous ne connaissez pas le jour, donnez l’année.",
    "error": "Indiquez l’année de naissance, entre 1900 et 2026.",
    "statuses": ["Brouillon", "En instruction", "Acceptée", "Complément demandé", "Refusée"],
    "events": ["Demande déposée", "Paiement reçu", "Examen par le service", "Décision"],
    "amount": "1 500 DJF",
    "total": "Total à payer",
}
ARABIC = {
    "lang": "ar",
    "dir": "rtl",
    "title": "مستخرج من شهادة الميلاد",
    "lead": "اطلب نسخة من شهادتك، وادفع عبر الإنترنت، واستلمها خلال ثلاثة أيام عمل.",
    "verb": "متابعة",
    "start": "ابدأ الطلب",
    "steps": ["الشهادة", "مقدم الطلب", "الوثائق", "المراجعة والإرسال"],
    "rows": [("اسم العائلة", "حسن"), ("الأسماء", "أيان موسى"), ("سنة الميلاد", "1964")],
    "choices": ["لنفسي", "لطفلي القاصر", "لشخص وكّلني"],
    "help": "كما هو مكتوب في الشهادة. إذا كنت لا تعرف اليوم فاكتب السنة.",
    "error": "اكتب سنة الميلاد بين 1900 و2026.",
    "statuses": ["مسودة", "قيد الدراسة", "مقبول", "مطلوب استكمال", "مرفوض"],
    "events": ["تم إيداع الطلب", "تم استلام الدفع", "الدراسة لدى المصلحة", "القرار"],
    "amount": "1 500 DJF",
    "total": "المبلغ الإجمالي",
}
KINDS = ["neutral", "info", "success", "warning", "danger"]


def components(request: HttpRequest) -> HttpResponse:
    """Show the vocabulary of the style sheet, in both directions, with words a citizen would read."""
    samples = [_sample(FRENCH), _sample(ARABIC)]
    return render(request, "dev/components.html", {"samples": samples})


def _sample(words: dict[str, Any]) -> dict[str, Any]:
    states = ["done", "done", "current", ""]
    return words | {
        "steps": [
            {"title": title, "state": state}
            for title, state in zip(words["steps"], states, strict=True)
        ],
        "events": [
            {"title": title, "state": state, "at": NOON + datetime.timedelta(hours=hours)}
            for hours, (title, state) in enumerate(zip(words["events"], states, strict=True))
        ],
        "rows": [{"label": label, "text": text, "url": "#"} for label, text in words["rows"]],
        "tags": [
            {"text": text, "kind": kind}
            for text, kind in zip(words["statuses"], KINDS, strict=True)
        ],
        "errors": [{"href": f"#year-{words['lang']}", "text": words["error"]}],
        "links": [{"title": words["title"], "url": "#"}, {"title": words["verb"], "url": "#"}],
        "table": [[row[0], row[1], "500 DJF"] for row in words["rows"]],
        "head": [words["title"], words["verb"], words["total"]],
        "page": Paginator(range(200), 10).page(7),
    }


def developers_only(view: View) -> View:
    """Answer 404 unless this installation is for development, whatever the addresses say."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEV_TOOLS:
            raise Http404
        return view(request)

    return never_cache(guarded)


@developers_only
def mailbox(request: HttpRequest) -> HttpResponse:
    """Show what was written to people, newest first."""
    to = request.GET.get("to", "").strip()[:100]
    deliveries = Delivery.objects.newest_first()
    if to:
        deliveries = deliveries.to_person(to)
    page = Paginator(deliveries, MESSAGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_message(delivery) for delivery in page],
        "to": to,
        "query": urlencode({"to": to}) + "&" if to else "",
    }
    return render(request, "dev/mailbox.html", context)


def _message(delivery: Delivery) -> dict[str, Any]:
    is_sms = delivery.channel == Channel.SMS
    return {
        "delivery": delivery,
        "size": measure(delivery.body) if is_sms else None,
        "channel_tag": "neutral" if is_sms else "info",
        "status_tag": STATUS_TAGS[DeliveryStatus(delivery.status)],
    }


@developers_only
def codes(request: HttpRequest) -> HttpResponse:
    """Show how to sign in as each sample person: login, password, and the code of this half minute."""
    logins = sample_logins()
    now = int(time.time())
    totp = Authenticator.objects.filter(
        type=Authenticator.Type.TOTP, user__email__in=[login["login"] for login in logins]
    )
    codes_by_email = {
        email: format_hotp_value(hotp_value(decrypt(data["secret"]), now // TOTP_SECONDS))
        for email, data in totp.values_list("user__email", "data")
    }
    context = {
        "rows": [login | {"code": codes_by_email.get(login["login"], "")} for login in logins],
        "password": logins[0]["password"] if logins else "",
        "seconds_left": TOTP_SECONDS - now % TOTP_SECONDS,
    }
    return render(request, "dev/codes.html", context)
