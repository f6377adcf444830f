"""Know, with one query, whether anything that the public site shows may have changed.

Database triggers count the number up inside the transaction of the change itself. So the answer is
exact whatever made the change (the admin, a command, a bulk update, another machine), and what is
kept in memory under an older number is never shown again.
"""

import secrets

from django.apps import apps
from django.db import connection
from django.db.models import Model

from cms_pages.models.epoch import ContentEpoch

# A number that was rolled back must not come back with another meaning: steps are random.
LONGEST_STEP = 1_000_000

# Written by visitors or derived from other tables: no reason to forget a page.
NOT_SHOWN = {
    "contentepoch",
    "guideindex",
    "guideterm",
    "searchword",
    "wordgram",
    "searchmiss",
    "pagevote",
    "linkcheck",
}
SHOWN_ELSEWHERE = [
    "wagtailcore.Page",
    "wagtailcore.Site",
    "wagtailcore.Locale",
    "wagtailcore.PageViewRestriction",
    "wagtailredirects.Redirect",
    "wagtailimages.Image",
    "wagtaildocs.Document",
    "catalog.EService",
    "catalog.EServiceVersion",
    "catalog.LocalOffer",
    "accounts.Office",
    "accounts.OfficeHours",
    "accounts.OfficeClosure",
    "accounts.Territory",
    "core.WorkCalendar",
    "core.Brand",
    "core.Holiday",
]


def current() -> int:
    """Return the number under which pages may be kept now; 0 when nothing may be kept."""
    with connection.cursor() as cursor:  # on every visit: the ORM would cost ten times the query
        cursor.execute(f"SELECT number FROM {ContentEpoch._meta.db_table} WHERE id = 1")  # noqa: S608
        row = cursor.fetchone()
    return row[0] if row else 0


def watched_models() -> list[type[Model]]:
    own = [
        model
        for model in apps.get_app_config("cms_pages").get_models()
        if model._meta.model_name not in NOT_SHOWN
    ]
    return own + [apps.get_model(label) for label in SHOWN_ELSEWHERE]


def install() -> None:
    """Put every trigger in place; run again, it changes nothing but the number."""
    epoch, _created = ContentEpoch.objects.get_or_create(pk=1)
    tables = [model._meta.db_table for model in watched_models()]
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        statements = _postgres if connection.vendor == "postgresql" else _sqlite
        for sql in statements([table for table in tables if table in present]):
            cursor.execute(sql)
    ContentEpoch.objects.filter(pk=epoch.pk).update(
        number=epoch.number + 1 + secrets.randbelow(LONGEST_STEP)
    )


def _sqlite(tables: list[str]) -> list[str]:
    step = f"1 + abs(random() % {LONGEST_STEP})"
    count = f"UPDATE cms_pages_contentepoch SET number = number + {step} WHERE id = 1"  # noqa: S608
    return [
        f'CREATE TRIGGER IF NOT EXISTS "epoch_{table}_{event}" AFTER {event} ON "{table}" '
        f"BEGIN {count}; END"
        for table in tables
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


def _postgres(tables: list[str]) -> list[str]:
    step = f"1 + floor(random() * {LONGEST_STEP})::bigint"
    count = f"UPDATE cms_pages_contentepoch SET number = number + {step} WHERE id = 1"  # noqa: S608
    function = (
        "CREATE OR REPLACE FUNCTION cms_pages_count_epoch() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN {count}; RETURN NULL; END $$"
    )
    triggers = [
        f'CREATE OR REPLACE TRIGGER "epoch_{table}" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE '
        f'ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION cms_pages_count_epoch()'
        for table in tables
    ]
    return [function, *triggers]
