"""The database refuses to delete a journal entry, whatever program asks."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = """
CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry
BEGIN SELECT RAISE(ABORT, 'The journal is append-only.'); END
"""
POSTGRESQL = """
CREATE TRIGGER journal_entry_stays BEFORE DELETE ON journal_entry
FOR EACH ROW EXECUTE FUNCTION journal_entry_is_append_only()
"""
UNDO = {
    "sqlite": "DROP TRIGGER journal_entry_stays",
    "postgresql": "DROP TRIGGER journal_entry_stays ON journal_entry",
}


def refuse_deletions(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute({"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor])


def allow_deletions(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    editor.execute(UNDO[editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_append_only")]

    operations = [migrations.RunPython(refuse_deletions, allow_deletions)]
