"""One address for each type of public page, as the sample content gives it."""

from tests.cms_pages.conftest import GUIDE

# What anybody may read without being anybody, in every language.
PAGES = {
    "home": "/",
    "themes": "/themes/",
    "theme": "/themes/etat-civil/",
    "guide": GUIDE,
    "guide with many cases": "/themes/papiers/passeport/",
    "life events": "/evenements/",
    "life event": "/evenements/un-enfant-est-ne/",
    "step by step": "/evenements/ouvrir-son-entreprise/",
    "news list": "/actualites/",
    "news": "/actualites/trois-demarches-en-ligne/",
    "questions": "/faq/",
    "text": "/aide/",
    "consultations": "/consultations/",
    "consultation": "/consultations/horaires-des-guichets/",
    "search": "/recherche/?q=casi%C3%A9+judiciere",
    "search without result": "/recherche/?q=xylophone",
    "directory": "/annuaire/",
    "office": "/annuaire/bj-parakou/",
    "communes": "/communes/",
    "commune": "/communes/parakou/",
    "guide of a commune": "/communes/parakou/themes/papiers/certificat-de-residence/",
    "open data": "/donnees/",
    "dataset": "/donnees/services/",
    "suggestion or complaint": "/suggestions-et-plaintes/?procedure=SV-01",
    "follow a complaint": "/suggestions-et-plaintes/suivre/",
    "thanks": "/avis/merci/",
    "start of a request": "/demarches/extrait-acte-naissance/",
    "resume a request": "/demarches/",
    "track a request": "/suivi/",
    "verify a document": "/documents/verifier/",
    "no network": "/hors-ligne/",
    "not found": "/nulle-part/",
}
