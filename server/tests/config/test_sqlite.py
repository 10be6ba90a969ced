from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError
from factories import World

from cordee.config.sqlite import base
from cordee.territory.models import Site


def _rename(site: Site, name: str) -> None:
    try:
        with transaction.atomic():
            Site.objects.filter(pk=site.pk).update(name=name)
    finally:
        connections.close_all()


def test_a_transaction_waits_for_the_one_that_writes(committed: World) -> None:
    asked = threading.Event()

    def ask() -> None:
        asked.set()
        _rename(committed.site, "Second")

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Site.objects.filter(pk=committed.site.pk).update(name="Premier")
            second = pool.submit(ask)
            assert asked.wait(10)
            assert not second.done()
        second.result(timeout=10)

    assert Site.objects.get(pk=committed.site.pk).name == "Second"


def test_the_wait_has_an_end(committed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        Site.objects.filter(pk=committed.site.pk).update(name="Premier")
        second = pool.submit(_rename, committed.site, "Second")
        with pytest.raises(OperationalError, match="locked"):
            second.result(timeout=10)


def test_connections_are_of_this_kind(db: None) -> None:
    assert isinstance(connections["default"], base.DatabaseWrapper)
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000
