"""A real SMTP server on loopback: it keeps every mail that it has answered 250."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from email.policy import default
from types import TracebackType
from typing import AnyStr, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class _Server(SMTP):
    """Tells when the answer to a mail has left."""

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(mailbox)
        self.mailbox = mailbox

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        if status == Mailbox.TAKEN:
            self.mailbox.on_taken(len(self.mailbox.taken))


class Mailbox(Controller):
    """`taken` holds the mails in the order of their coming; `on_taken(count)` after the 250."""

    TAKEN = "250 OK: message kept"

    def __init__(self) -> None:
        super().__init__(self, hostname="127.0.0.1", port=0)
        self.taken: list[Message] = []
        self.on_taken: Callable[[int], None] = lambda count: None

    def factory(self) -> SMTP:
        return _Server(self)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        return self.TAKEN

    def _trigger_server(self) -> None:
        # The library knocks at the port that it was given; the system chose another for 0.
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def identities(self) -> list[str]:
        """Return the Message-ID of each mail taken."""
        return [str(mail["Message-ID"]) for mail in self.taken]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
