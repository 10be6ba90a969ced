"""The database refuses to change a journal entry, whatever program asks."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """
CREATE TRIGGER journal_entry_is_append_only BEFORE UPDATE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END
"""
POSTGRESQL = """
CREATE FUNCTION journal_entry_is_append_only() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'The journal is append-only.'; END
$$ LANGUAGE plpgsql;
CREATE TRIGGER journal_entry_is_append_only BEFORE UPDATE ON journal_entry
FOR EACH ROW EXECUTE FUNCTION journal_entry_is_append_only();
"""
UNDO = {
    "sqlite": "DROP TRIGGER journal_entry_is_append_only",
    "postgresql": "DROP FUNCTION journal_entry_is_append_only CASCADE",
}


def refuse_changes(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor])


def allow_changes(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(UNDO[editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
