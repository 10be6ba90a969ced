from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test.utils import override_settings
from notices.sink import SECRET, Sink
from waiting import wait_until

from cordee.jobs import rounds
from cordee.jobs.management.commands import serve
from cordee.jobs.rounds import ROUNDS, IsEnding, Round
from cordee.jobs.ways_out import ways_out
from cordee.notices.rules import Channel

WITHIN_S = 30
NOW = datetime(2027, 1, 4, 8, tzinfo=UTC)
FILL = """
from django.db import transaction
from django.utils import timezone
from cordee.notices import services
from cordee.notices.rules import Channel
now = timezone.now()
with transaction.atomic():
    services.write(key="one", subject_kind="appointment", subject_id="1", channel=Channel("sms"),
        to="+33612345678", title="Demain", text="Demain.", due_at=now, now=now)
"""


@pytest.mark.asyncio
async def test_a_round_that_fails_is_made_again_and_holds_up_no_other() -> None:
    loop = asyncio.get_running_loop()
    made = [asyncio.Event(), asyncio.Event()]
    tries: list[datetime] = []

    def fail(now: datetime, _: IsEnding) -> None:
        tries.append(now)
        if len(tries) > 1:
            loop.call_soon_threadsafe(made[0].set)
        raise OSError("no disk")

    def work(now: datetime, _: IsEnding) -> None:
        loop.call_soon_threadsafe(made[1].set)

    making = asyncio.create_task(
        rounds.keep([Round("bad", 0, fail), Round("good", 900, work)], clock=lambda: NOW)
    )
    await asyncio.wait_for(asyncio.gather(*(each.wait() for each in made)), WITHIN_S)
    making.cancel()
    assert tries[:2] == [NOW, NOW]


@pytest.mark.asyncio
async def test_a_long_round_learns_that_the_process_ends() -> None:
    begun, learnt = threading.Event(), threading.Event()

    def work(now: datetime, is_ending: IsEnding) -> None:
        begun.set()
        wait_until(is_ending, what="it is told to end", within_s=WITHIN_S)
        learnt.set()

    making = asyncio.create_task(rounds.keep([Round("long", 900, work)], clock=lambda: NOW))
    assert await asyncio.to_thread(begun.wait, WITHIN_S)
    making.cancel()
    assert await asyncio.to_thread(learnt.wait, WITHIN_S)


@pytest.mark.django_db(transaction=True)
def test_every_round_can_be_made_in_an_empty_territory() -> None:
    for each in ROUNDS:
        each.do(NOW + timedelta(days=1), lambda: False)


def test_nothing_is_written_into_a_log_in_the_place_of_a_message() -> None:
    with override_settings(DEBUG=False, IS_DEMO=False, MAIL_URL="", SMS_URL=""):
        assert ways_out() == {}
    with override_settings(DEBUG=False, IS_DEMO=True, MAIL_URL="", SMS_URL=""):
        assert ways_out().keys() == {Channel.EMAIL, Channel.SMS}


@pytest.mark.parametrize("words", [["work"], ["serve", "--port", "0"]])
def test_what_is_due_goes_out_by_itself(
    words: list[str], tmp_path: Path, empty_database: str
) -> None:
    command = [sys.executable, "-m", "cordee"]
    with Sink() as sink:
        env = {
            **os.environ,
            "CORDEE_DATA": str(tmp_path),
            "DATABASE_URL": empty_database,
            "CORDEE_SMS_URL": sink.url,
            "CORDEE_SMS_SECRET": SECRET,
        }
        subprocess.run([*command, "shell", "-v", "0", "-c", FILL], env=env, check=True)
        with subprocess.Popen([*command, *words], env=env) as process:
            try:
                wait_until(sink.delivered, what="the message is there", within_s=WITHIN_S)
                process.send_signal(signal.SIGTERM)
                # uvicorn ends in good order, then passes the signal on.
                assert process.wait(WITHIN_S) in (0, -signal.SIGTERM)
            finally:
                process.kill()
        assert sink.delivered() == ["one"]


@pytest.mark.django_db
@pytest.mark.parametrize(("words", "made"), [([], ROUNDS), (["--without-rounds"], ())])
def test_a_server_beside_a_worker_makes_no_rounds(
    words: list[str], made: Sequence[Round], monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[Sequence[Round]] = []

    async def note(server: object, rounds: Sequence[Round]) -> None:
        given.append(rounds)

    monkeypatch.setattr(serve, "_serve", note)
    call_command("serve", *words, stdout=StringIO())
    assert given == [made]
