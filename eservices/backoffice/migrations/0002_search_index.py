"""An index for searching words anywhere in a case, on PostgreSQL; SQLite reads them one by one."""

from django.db import migrations

AVAILABLE = "SELECT count(*) FROM pg_available_extensions WHERE name IN ('pg_trgm', 'btree_gin')"


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(AVAILABLE)
        # Without PostgreSQL's own additional modules the search works all the same, more slowly.
        if cursor.fetchone()[0] < 2:
            return
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE EXTENSION IF NOT EXISTS btree_gin")
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS case_words ON cases_case"
            " USING gin (office_id, search_text gin_trgm_ops)"
        )


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS case_words")


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0001_initial"), ("cases", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
