"""Words of the cases of one office: an index in which every group of three letters names its office.

The index before it held the letters of all offices together: the frequent name of a small office was
looked for among the whole country. Only what PostgreSQL has by itself is needed.
"""

from django.db import migrations

FUNCTION = r"""
CREATE OR REPLACE FUNCTION case_grams(office bigint, words text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array(
    SELECT DISTINCT office || ':' || gram FROM (
      SELECT letter || lead(letter) OVER line || lead(letter, 2) OVER line AS gram
      FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY AS letters (letter, place)
      WINDOW line AS (ORDER BY place)
    ) grams
    WHERE position(' ' IN gram) = 0
  ))
$$
"""
INDEX = (
    "CREATE INDEX IF NOT EXISTS case_grams ON cases_case"
    " USING gin (case_grams(office_id, search_text))"
)


def add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:  # its own cursor: "%" is a letter here
            cursor.execute(FUNCTION)
            cursor.execute(INDEX)
            cursor.execute("DROP INDEX IF EXISTS case_words")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS case_grams")
        schema_editor.execute("DROP FUNCTION IF EXISTS case_grams")


class Migration(migrations.Migration):
    dependencies = [("backoffice", "0002_search_index"), ("cases", "0001_initial")]

    operations = [migrations.RunPython(add, remove)]
