"""Two workers on one database, the suite's own: SQLite, and PostgreSQL in its run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.utils import timezone
from notices.sink import SECRET, Sink
from waiting import wait_until

from cordee.notices import services
from cordee.notices.models import Notice
from cordee.notices.rules import Channel, NoticeState

WORKERS = 2
BATCH = 300
MEETINGS = 100
"""How often both have to be handing something over at one moment."""
WAITS_S = 0.05
WITHIN_S = 120


class Meeting:
    """The gateway's answer: a hand-over waits a little for another; those that met are counted."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._inside = 0
        self.count = 0

    def __call__(self) -> int:
        with self._changed:
            self._inside += 1
            self._changed.notify_all()
            met = self._changed.wait_for(lambda: self._inside > 1, timeout=WAITS_S)
            self.count += met
            self._inside -= 1
        return 202


def _write(first: int) -> int:
    now = timezone.now()
    with transaction.atomic():
        for number in range(first, first + BATCH):
            services.write(
                key=f"appointment {number} reminded",
                subject_kind="appointment",
                subject_id=str(number),
                channel=Channel.SMS,
                to="+33612345678",
                text="Demain.",
                due_at=now,
                now=now,
            )
    return first + BATCH


def _url() -> str:
    """Return the address of the database that this test has."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{held['NAME']}"
    user, host = quote(held["USER"]), quote(held["HOST"], safe="")
    return f"postgres://{user}@/{held['NAME']}?host={host}"


@contextmanager
def _workers(sink: Sink) -> Iterator[None]:
    env = {
        **os.environ,
        "DATABASE_URL": _url(),
        "CORDEE_SMS_URL": sink.url,
        "CORDEE_SMS_SECRET": SECRET,
    }
    command = [sys.executable, "-m", "cordee", "send_notices", "--watch"]
    running = [subprocess.Popen(command, env=env) for _ in range(WORKERS)]
    try:
        yield
        assert [worker.poll() for worker in running] == [None] * WORKERS
    finally:
        for worker in running:
            worker.kill()
            worker.wait(timeout=WITHIN_S)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_exactly_once() -> None:
    meeting, written = Meeting(), _write(0)

    def is_all_sent() -> bool:
        nonlocal written
        is_over = not Notice.objects.exclude(state=NoticeState.SENT).exists()
        if is_over and meeting.count < MEETINGS:
            written = _write(written)  # One was done before the other had begun.
            return False
        return is_over

    with Sink(answer=meeting) as sink, _workers(sink):
        wait_until(is_all_sent, what="both have sent everything", within_s=WITHIN_S)

    assert meeting.count >= MEETINGS
    keys = {f"appointment {number} reminded": 1 for number in range(written)}
    assert Counter(one.key for one in sink.taken) == keys
    assert set(Notice.objects.values_list("attempts", flat=True)) == {1}
