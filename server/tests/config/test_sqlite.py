from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.db.utils import OperationalError
from factories import World

from cordee.config.sqlite import base
from cordee.territory.models import Site

THREADS, ASKS = 8, 20


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


def test_of_the_threads_that_wait_one_asks(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    enough = threading.Event()

    def note(low: float, _high: float) -> float:
        asked.append(threading.get_ident())
        if len(asked) >= ASKS:
            enough.set()
        return low

    monkeypatch.setattr("cordee.config.sqlite.base.random.uniform", note)
    with ThreadPoolExecutor(THREADS) as pool:
        with transaction.atomic():
            Site.objects.filter(pk=committed.site.pk).update(name="Premier")
            rest = [pool.submit(_rename, committed.site, str(each)) for each in range(THREADS)]
            assert enough.wait(10)
            assert len(set(asked[:ASKS])) == 1
        for each in rest:
            each.result(timeout=10)


def test_who_stands_in_line_too_long_is_told(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.05)
    with base.ASKING, ThreadPoolExecutor(1) as pool:
        late = pool.submit(_rename, committed.site, "Second")
        error = late.exception(timeout=10)
    assert isinstance(error, OperationalError)
    assert "locked" in str(error)


def test_connections_are_of_this_kind(db: None) -> None:
    assert isinstance(connections["default"], base.DatabaseWrapper)
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == 20_000
