"""The database itself refuses to change a line of the ledger."""

from django.db import migrations

POSTGRESQL = [
    """
    CREATE FUNCTION payments_ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the ledger is append-only: write the opposite entry';
    END $$
    """,
    """
    CREATE TRIGGER payments_ledger_append_only BEFORE UPDATE OR DELETE ON payments_ledgerentry
    FOR EACH ROW EXECUTE FUNCTION payments_ledger_is_append_only()
    """,
]
SQLITE = [
    f"""
    CREATE TRIGGER payments_ledger_no_{action.lower()} BEFORE {action} ON payments_ledgerentry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: write the opposite entry'); END
    """
    for action in ("UPDATE", "DELETE")
]


def install(apps, schema_editor):
    for statement in {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER payments_ledger_append_only ON payments_ledgerentry")
        schema_editor.execute("DROP FUNCTION payments_ledger_is_append_only()")
    else:
        schema_editor.execute("DROP TRIGGER payments_ledger_no_update")
        schema_editor.execute("DROP TRIGGER payments_ledger_no_delete")


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
