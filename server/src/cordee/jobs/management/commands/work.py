"""`cordee work`: the rounds alone, beside servers that make none."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.jobs.rounds import ROUNDS, keep


@permits(OPERATOR)
class Command(BaseCommand):
    """Make the rounds until SIGTERM or Ctrl-C; what is under way is finished first."""

    help = "Envoie, propose, range et relit, tant qu’on ne l’arrête pas."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Work; every round may run in several processes."""
        self.stdout.write("Cordée veille.")
        self.stdout.flush()
        asyncio.run(_work())


async def _work() -> None:
    work = asyncio.create_task(keep(ROUNDS, clock=timezone.now))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work
