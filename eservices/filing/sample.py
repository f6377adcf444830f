"""Sample accredited helpers, for the sample people who have an accreditation."""

from datetime import timedelta
from typing import Any

import yaml
from django.conf import settings
from django.utils import timezone

from eservices.filing.models import Accreditation
from portal.accounts.models import User


def load_sample_helpers() -> int:
    """Give their accreditation to the sample people who have none yet; return how many."""
    path = settings.BASE_DIR / "sample_content" / "people.yaml"
    people: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    count = 0
    for person in people:
        if "accreditation" not in person:
            continue
        _accreditation, is_new = Accreditation.objects.get_or_create(
            user=User.objects.get(email=person["email"]),
            defaults={
                "number": person["accreditation"],
                "place": person["place"],
                "valid_until": timezone.localdate() + timedelta(days=365),
            },
        )
        count += is_new
    return count
