"""The chiefs of the issuing office learn by mail that an observation waits in the case's history."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from eservices.tutelage.models import Observation
from portal.accounts.models import Role, User
from portal.notifications.services import notify

MOST_TOLD = 20


def observed(observation: Observation) -> None:
    transmission = observation.transmission
    if transmission.case is None:
        return
    path = reverse("backoffice:history", args=[transmission.case.reference])
    chiefs = User.objects.filter(
        office_memberships__office=transmission.issuer,
        office_memberships__role=Role.CHIEF,
        is_active=True,
    )
    with transaction.atomic():
        for person in chiefs.order_by("pk")[:MOST_TOLD]:
            language = person.language or settings.LANGUAGE_CODE
            notify(
                "act.observed",
                to_phone="",
                to_email=person.email,
                language=language,
                context={
                    "number": transmission.document.number,
                    "office": transmission.office.name_in(language),
                    "url": settings.BASE_URL + path,
                },
                key=f"act.observed:{observation.pk}:{person.pk}",
                is_training=transmission.issuer.practises,
            )
