"""The job that sends, killed at the worst moment: the next hop has it, the job has not noted it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from notices.mailbox import Mailbox
from notices.sink import SECRET, Sink

COUNT = 500
COMMAND = [sys.executable, "-m", "cordee"]
FILL = """
from django.db import transaction
from django.utils import timezone
from cordee.notices import services
from cordee.notices.rules import Channel
now = timezone.now()
with transaction.atomic():
    for number in range({count}):
        services.write(key=f"appointment {{number}} reminded", subject_kind="appointment",
            subject_id=str(number), channel=Channel("{channel}"), to="{to}", title="Demain",
            text="Demain.", due_at=now, now=now)
"""
STATES = """
from collections import Counter
from cordee.notices.models import Notice
print(dict(Counter(Notice.objects.values_list("state", flat=True))))
"""
END_LEASES = """
from django.utils import timezone
from cordee.notices.models import Notice
Notice.objects.filter(state="sending").update(next_at=timezone.now())
"""
KEYS = [f"appointment {number} reminded" for number in range(COUNT)]


class Job:
    """`cordee` in processes of its own, on a database of its own."""

    def __init__(self, folder: Path, database: str, **settings: str) -> None:
        self.env = {
            **os.environ,
            "CORDEE_DATA": str(folder),
            "DATABASE_URL": database,
            **settings,
        }

    def __call__(self, *words: str) -> str:
        done = subprocess.run(
            [*COMMAND, *words],
            env=self.env,
            check=True,
            capture_output=True,
            text=True,
            timeout=120,
        )
        return done.stdout.strip()

    def fill(self, channel: str, to: str) -> None:
        self("shell", "-v", "0", "-c", FILL.format(count=COUNT, channel=channel, to=to))

    def send_until_killed(self, prepare: Callable[[Callable[[int], None]], None]) -> None:
        """Send; `prepare` gets what has to be called with the count of messages taken."""
        worker = subprocess.Popen([*COMMAND, "send_notices"], env=self.env)
        try:
            prepare(lambda taken: worker.kill() if taken == COUNT // 2 else None)
            assert worker.wait(timeout=120) == -signal.SIGKILL
        finally:
            worker.kill()
        prepare(lambda taken: None)

    def send_the_rest(self) -> None:
        self("shell", "-v", "0", "-c", END_LEASES)
        self("send_notices")
        assert self("shell", "-v", "0", "-c", STATES) == f"{{'sent': {COUNT}}}"


def test_each_text_message_still_goes_out_once(tmp_path: Path, empty_database: str) -> None:
    with Sink() as sink:
        job = Job(tmp_path, empty_database, CORDEE_SMS_URL=sink.url, CORDEE_SMS_SECRET=SECRET)
        job.fill("sms", "+33612345678")
        job.send_until_killed(lambda on_taken: setattr(sink, "on_taken", on_taken))
        assert len(sink.taken) == COUNT // 2
        job.send_the_rest()

        assert sink.delivered() == sorted(KEYS)
        assert len(sink.taken) <= COUNT + 1
        assert sink.refused == 0


def test_each_mail_still_goes_out_under_one_identity(tmp_path: Path, empty_database: str) -> None:
    with Mailbox() as mailbox:
        job = Job(
            tmp_path,
            empty_database,
            CORDEE_MAIL_URL=mailbox.url,
            CORDEE_MAIL_FROM="Cordée <cordee@exemple.fr>",
        )
        job.fill("email", "elodie@exemple.fr")
        job.send_until_killed(lambda on_taken: setattr(mailbox, "on_taken", on_taken))
        # The server has said 250; what it took last is noted nowhere but there.
        assert len(mailbox.taken) == COUNT // 2
        assert "'sending': 1" in job("shell", "-v", "0", "-c", STATES)
        job.send_the_rest()

        wanted = {f"<{sha256(key.encode()).hexdigest()[:40]}@exemple.fr>" for key in KEYS}
        assert set(mailbox.identities()) == wanted
        # The one in doubt was handed over again, under the same Message-ID.
        assert len(mailbox.taken) == COUNT + 1
        assert mailbox.identities().count(mailbox.identities()[COUNT // 2 - 1]) == 2
