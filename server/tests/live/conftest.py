from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio
from asgiref.sync import sync_to_async
from django.db import connections
from factories import Box, World
from live.sockets import Socket, cookie_of, counter_socket, kiosk_link

from cordee.accounts.models import User


class Lines:
    """Opens sockets, and closes them all at the end of the test."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.opened: list[Socket] = []

    async def kiosk(self, box: Box | None = None, *, boot: str = "boot") -> Socket:
        socket, self.welcome = await kiosk_link(box or self.world.box, boot=boot)
        self.opened.append(socket)
        return socket

    async def counter(self, visit: str, instance: str, *, user: User | None = None) -> Socket:
        cookie = await sync_to_async(cookie_of)(user or self.world.agent.user)
        return await self.bare(counter_socket(cookie, visit, instance))

    async def bare(self, socket: Socket) -> Socket:
        assert await socket.open()
        self.opened.append(socket)
        return socket


@pytest_asyncio.fixture
async def lines(committed: World) -> AsyncIterator[Lines]:
    lines = Lines(committed)
    yield lines
    for socket in lines.opened:
        await socket.close()
    await sync_to_async(connections.close_all)()
