"""Pages for developers that are not the captured messages: the gallery of components."""

import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    """Show every component, in both directions, with the words a citizen would read."""
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
        "file": {"name": "carte-identite-recto-verso.pdf", "size": 482_000},
        "page": Paginator(range(200), 10).page(7),
    }
