"""What the worker does for the desk: files, planned figures, warnings of files nobody touches."""

import logging
import tempfile
from collections import defaultdict
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from eservices.backoffice import exporting, sheets
from eservices.backoffice.access import Agent
from eservices.backoffice.models import FiguresPlan, Rhythm
from eservices.backoffice.services import exports
from eservices.backoffice.shown import UNTOUCHED, untouched
from eservices.cases.models import Case
from portal.accounts.models import OfficeMembership, Role, User
from portal.notifications import services as notifications
from portal.notifications.rendering import known_language

logger = logging.getLogger(__name__)


def make_export(export_id: int) -> None:
    """Make the file of one export, if nobody has; its owner sees how far it is."""
    export = exports.begin(export_id)
    if export is None:
        return
    agent = Agent.of(export.owner)
    if agent is None:  # no longer at the desk
        exports.fail(export)
        return
    language = known_language(export.owner.language)
    try:
        with (
            translation.override(language),
            timezone.override(agent.time_zone),
            tempfile.NamedTemporaryFile() as stream,
        ):
            tell = partial(_tell, export)
            sheets.write(stream, export.format, exporting.sheets(agent, export, tell))
            with transaction.atomic():  # whoever waits for the mail gets it, or nothing is made
                exports.finish(export, stream)
                if "mail=1" in export.query:
                    _mail(export.owner, f"export-{export.pk}")
    except Exception:
        logger.exception("export %s failed", export.pk)
        exports.fail(export)


def order_planned_figures() -> int:
    """Order what is due of the weekly and monthly figures; what was missed is caught up once."""
    count = 0
    for plan in FiguresPlan.objects.select_related("owner"):
        agent = Agent.of(plan.owner)
        if agent is None or not agent.is_chief:
            continue
        first, last = last_period(plan.rhythm, timezone.localdate(timezone=agent.time_zone))
        if exports.order_planned(plan, first=first.isoformat(), last=last.isoformat()):
            count += 1
    return count


def last_period(rhythm: str, today: date) -> tuple[date, date]:
    """Return the last whole week, Monday to Sunday, or the last whole month."""
    if rhythm == Rhythm.WEEKLY:
        last = today - timedelta(days=today.weekday() + 1)
        return last - timedelta(days=6), last
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


@transaction.atomic
def warn_of_untouched() -> int:
    """Tell each chief, once a day, how many taken files nobody has touched for five days."""
    held = untouched(Case.objects.all())
    numbers: defaultdict[int, int] = defaultdict(int)
    for office_id in held.order_by().values_list(F("office_id"), flat=True):
        numbers[office_id] += 1
    chiefs = OfficeMembership.objects.filter(office__in=list(numbers), role=Role.CHIEF)
    for row in chiefs.select_related("user", "office"):
        notifications.notify(
            "desk.untouched",
            to_phone="",
            to_email=row.user.email,
            language=known_language(row.user.language),
            context={
                "number": numbers[row.office_id],
                "days": UNTOUCHED.days,
                "office": row.office.name,
                "url": reverse("backoffice:queue") + "?show=untouched",
            },
            key=f"{row.office_id}-{row.user_id}-{timezone.localdate():%Y%m%d}",
        )
    return len(numbers)


def _tell(export: object, done: int, total: int) -> None:
    exports.progress(export, done=done, total=total)  # type: ignore[arg-type]


def _mail(owner: User, key: str) -> None:
    notifications.notify(
        "desk.figures_ready",
        to_phone="",
        to_email=owner.email,
        language=known_language(owner.language),
        context={"url": reverse("backoffice:exports"), "days": exports.KEPT.days},
        key=key,
    )
