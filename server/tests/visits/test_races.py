"""Two who change one visit at the same moment, on connections of their own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Event
from typing import Any, Self

from django.db import connection, connections, transaction
from factories import TEN, World
from waiting import wait_until

from cordee.journal.queries import entries_about
from cordee.journal.rules import OPERATOR
from cordee.visits import services
from cordee.visits.models import AppliedFact, Visit
from cordee_wire.kiosk_link import Fact

WITHIN_S = 20


class Meanwhile(AbstractContextManager[Any]):
    """Runs `task` beside an open transaction that holds what it needs, until the task waits."""

    def __init__(self, task: Callable[[], Any]) -> None:
        self._task = task
        self._asked = Event()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self._pool.shutdown()

    def start(self) -> Future[Any]:
        future: Future[Any] = self._pool.submit(self._run)
        assert self._asked.wait(WITHIN_S)
        if connection.vendor == "postgresql":
            wait_until(_somebody_waits, what="the other waits for the lock", within_s=WITHIN_S)
        return future

    def _run(self) -> Any:
        def asked(execute: Any, sql: str, *rest: Any) -> Any:
            # SQLite waits at the beginning of the transaction, PostgreSQL at the locked row.
            if "FOR UPDATE" in sql or connection.vendor == "sqlite":
                self._asked.set()
            return execute(sql, *rest)

        try:
            with connection.execute_wrapper(asked):
                return self._task()
        finally:
            connections.close_all()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        return bool(cursor.fetchone()[0])


def _fact(visit: Visit, kind: str, at: float) -> Fact:
    return Fact(visit=visit.public_id, boot="b", seq=1, kind=kind, at=at)


def test_a_fact_that_waited_for_a_cancellation_knows_of_it(committed: World) -> None:
    visit = committed.book()
    fact = _fact(visit, "live", TEN.timestamp() - 1)

    def tell() -> bool:
        return services.apply_fact(kiosk=committed.box.kiosk, fact=fact, now=TEN)

    with Meanwhile(tell) as meanwhile:
        with transaction.atomic():
            services.cancel(visit=visit, actor=OPERATOR, now=TEN)
            told = meanwhile.start()
        assert told.result(WITHIN_S)

    visit = Visit.objects.select_related("appointment").get(pk=visit.pk)
    assert (visit.state, visit.appointment.cancelled_at) == ("live", None)
    last = entries_about("visit", visit.public_id)[-1]
    assert (last.verb, last.detail["winner"]) == ("live", "visit")


def test_a_fact_told_twice_at_once_counts_once(committed: World) -> None:
    visit = committed.book()
    fact = _fact(visit, "woken", TEN.timestamp())

    def tell() -> bool:
        return services.apply_fact(kiosk=committed.box.kiosk, fact=fact, now=TEN)

    with Meanwhile(tell) as meanwhile:
        with transaction.atomic():
            assert tell()
            other = meanwhile.start()
        assert not other.result(WITHIN_S)

    assert AppliedFact.objects.count() == 1
