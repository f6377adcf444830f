"""The code lists shipped with the sample content."""

from django.conf import settings

from eservices.codelists import services as codelists

TITLES = {
    "regions": {"fr": "Régions et départements", "ar": "الأقاليم والمحافظات", "en": "Regions"},
    "communes": {
        "fr": "Communes, provinces et départements",
        "ar": "البلديات والمقاطعات",
        "en": "Communes",
    },
    "quartiers": {
        "fr": "Arrondissements et quartiers (exemple)",
        "ar": "الدوائر والأحياء (مثال)",
        "en": "Districts and quarters (example)",
    },
}


def load_sample_lists() -> int:
    """Import the shipped lists; return how many. What did not change makes no new version."""
    files = sorted((settings.BASE_DIR / "sample_content" / "code_lists").glob("*.csv"))
    for file in files:
        codelists.import_csv(file.stem, file.read_bytes(), title=TITLES.get(file.stem))
    return len(files)
