"""`cordee serve`: the server itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import uvicorn
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.fleet.services import forget_links
from cordee.jobs.rounds import ROUNDS, Round, keep

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

LARGEST_FRAME_BYTES = 1_048_576
"""Above the wire's own limit, so that a message a little too large gets a sentence, not a cut."""


@permits(OPERATOR)
class Command(BaseCommand):
    """Serve pages, API and sockets from one process until SIGTERM or Ctrl-C."""

    help = "Démarre le serveur."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the address to listen on."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument(
            "--without-rounds", action="store_true", help="« cordee work » les fait à côté."
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 - Django's signature
        """Serve; a signal ends it within about a second."""
        config = uvicorn.Config(
            "cordee.config.asgi:application",
            host=options["host"],
            port=options["port"],
            lifespan="off",
            log_config=None,
            access_log=False,
            ws_max_size=LARGEST_FRAME_BYTES,
            # Compression takes 30 kB a socket: half of what an idle kiosk costs (FACTS.md).
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        if not settings.IS_SHARED:
            forget_links(now=timezone.now())
        self.stdout.write(f"Cordée répond sur http://{options['host']}:{options['port']}")
        self.stdout.flush()
        rounds = () if options["without_rounds"] else ROUNDS
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(uvicorn.Server(config), rounds))


async def _serve(server: uvicorn.Server, rounds: Sequence[Round]) -> None:
    making = asyncio.create_task(keep(rounds, clock=timezone.now))
    try:
        await server.serve()
    finally:
        making.cancel()
