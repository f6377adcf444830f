from django.db import migrations

ADD = """
ALTER TABLE registers_periodreservation ADD CONSTRAINT period_no_overlap EXCLUDE USING gist (
    int8range(entry_id, entry_id, '[]') WITH &&,
    tstzrange(starts_at, ends_at) WITH &&
) WHERE (state <> 'freed')
"""
DROP = "ALTER TABLE registers_periodreservation DROP CONSTRAINT period_no_overlap"


def add(apps, schema_editor):
    # A range of one id stands for the id: the btree_gist extension is then not needed.
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ADD)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
