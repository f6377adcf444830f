"""Sample canned texts: what agents send often, in every language of the applicants."""

from typing import Any

import yaml
from django.conf import settings

from eservices.casework.models import CannedText


def load_sample_texts() -> int:
    """Make the sample texts that are not there, by their name; return how many."""
    path = settings.BASE_DIR / "sample_content" / "canned_texts.yaml"
    texts: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    made = 0
    for text in texts:
        _found, is_new = CannedText.objects.get_or_create(
            name=text["name"], office=None, defaults={"kind": text["kind"], "text": text["text"]}
        )
        made += is_new
    return made
