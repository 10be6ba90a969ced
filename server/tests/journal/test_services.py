from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from factories import NOW

from cordee.journal.models import Entry, JournalIsAppendOnly
from cordee.journal.queries import entries_about, entries_after, last_id
from cordee.journal.rules import OPERATOR, Detail, is_content_free
from cordee.journal.services import record


def _entry(detail: Detail | None = None) -> Entry:
    with transaction.atomic():
        return record(
            at=NOW,
            actor=OPERATOR,
            verb="opened",
            object_kind="site",
            object_id="1",
            detail=detail,
        )


def test_an_entry_says_who_did_what_to_which_thing_and_when(db: None) -> None:
    entry = _entry({"act": "scan"})

    assert entries_about("site", "1") == [entry]
    assert (entry.at, entry.actor_kind, entry.verb, entry.detail) == (
        NOW,
        "operator",
        "opened",
        {"act": "scan"},
    )


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(at=NOW, actor=OPERATOR, verb="opened", object_kind="site", object_id="1")


def test_content_is_refused(db: None) -> None:
    assert not is_content_free({"text": "a" * 201})
    with pytest.raises(ValueError, match="content"):
        _entry({"text": "a" * 201})


def test_an_entry_cannot_be_changed_or_removed_through_the_models(db: None) -> None:
    _entry()

    with pytest.raises(JournalIsAppendOnly):
        Entry.objects.all().update(verb="closed")
    with pytest.raises(JournalIsAppendOnly):
        Entry.objects.all().delete()
    with pytest.raises(JournalIsAppendOnly):
        Entry.objects.get().delete()
    with pytest.raises(JournalIsAppendOnly):
        Entry.objects.get().save()


@pytest.mark.parametrize(
    "change", ["UPDATE journal_entry SET verb = 'closed'", "DELETE FROM journal_entry"]
)
def test_the_database_itself_refuses_to_change_an_entry(db: None, change: str) -> None:
    _entry()

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(change)
    assert Entry.objects.get().verb == "opened"


def test_newer_entries_are_found_by_verb(db: None) -> None:
    before = last_id()
    entry = _entry()

    assert entries_after(before, verbs={"opened"}) == [entry]
    assert entries_after(before, verbs={"closed"}) == []
    assert entries_after(entry.pk, verbs={"opened"}) == []
