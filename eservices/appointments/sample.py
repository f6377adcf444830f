"""Sample counters, for the sample e-services that give appointments."""

import yaml
from django.conf import settings

from eservices.appointments.models import Resource
from portal.accounts.models import Office


def load_sample_resources() -> int:
    """Create the sample counters that are missing; return how many."""
    path = settings.BASE_DIR / "sample_content" / "appointments.yaml"
    offices = {office.code: office for office in Office.objects.all()}
    count = 0
    for row in yaml.safe_load(path.read_text(encoding="utf-8")):
        values = {key: value for key, value in row.items() if key not in {"code", "office"}}
        _resource, is_new = Resource.objects.get_or_create(
            code=row["code"], defaults={**values, "office": offices[row["office"]]}
        )
        count += is_new
    return count
