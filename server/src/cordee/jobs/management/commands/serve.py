"""`cordee serve`: the server itself."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import structlog
import uvicorn
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils import timezone

from cordee.accounts.permissions import OPERATOR, permits
from cordee.documents.services import purge
from cordee.fleet.services import forget_links
from cordee.visits.services import close_overdue

if TYPE_CHECKING:
    from argparse import ArgumentParser

log = structlog.get_logger()

TIDY_EVERY_S = 60
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
            forget_links()
        self.stdout.write(f"Cordée répond sur http://{options['host']}:{options['port']}")
        self.stdout.flush()
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_serve(uvicorn.Server(config)))


async def _serve(server: uvicorn.Server) -> None:
    tidying = asyncio.create_task(_keep_tidy())
    try:
        await server.serve()
    finally:
        tidying.cancel()


async def _keep_tidy() -> None:
    while True:
        for task in (purge, close_overdue):
            try:
                await sync_to_async(task)(now=timezone.now())
            except (DatabaseError, OSError) as error:
                log.warning("tidying_failed", task=task.__name__, reason=type(error).__name__)
        await asyncio.sleep(TIDY_EVERY_S)
