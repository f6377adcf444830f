"""The code lists shipped with the sample content."""

from django.conf import settings

from eservices.codelists import services as codelists

TITLES = {
    "regions": {"fr": "Régions et départements", "ar": "الأقاليم والمحافظات", "en": "Regions"},
    "communes": {"fr": "Communes et provinces", "ar": "البلديات والمقاطعات", "en": "Communes"},
}


def load_sample_lists() -> int:
    """Import the shipped lists; return how many. What did not change makes no new version."""
    files = sorted((settings.BASE_DIR / "sample_content" / "code_lists").glob("*.csv"))
    for file in files:
        codelists.import_csv(file.stem, file.read_bytes(), title=TITLES.get(file.stem))
    return len(files)
