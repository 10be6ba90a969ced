from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
import time_machine
from asgiref.sync import sync_to_async
from django.db import connections
from factories import NOW, World
from live.conftest import Lines
from live.sockets import WITHIN_S

from cordee.directory import services as directory
from cordee.journal.rules import OPERATOR
from cordee.live import watch as watching
from cordee.live.watch import Watch
from cordee.territory import services as territory

pytestmark = pytest.mark.asyncio

Listener = Callable[[], Coroutine[Any, Any, None]]


class Ear:
    """A listener that counts its calls, and does on each what the test says."""

    def __init__(self, *doings: Listener) -> None:
        self.calls: asyncio.Queue[int] = asyncio.Queue()
        self._doings = list(doings)
        self._count = 0

    async def __call__(self) -> None:
        self._count += 1
        self.calls.put_nowait(self._count)
        if self._doings:
            await self._doings.pop(0)()

    async def hear(self) -> int:
        return await asyncio.wait_for(self.calls.get(), WITHIN_S)


async def _break() -> None:
    raise ValueError("a defect of one listener")


async def _hang() -> None:
    await asyncio.Event().wait()


@pytest_asyncio.fixture
async def listened(committed: World) -> AsyncIterator[Callable[[Ear, str], Watch]]:
    watch, joined = Watch(), []

    def listen(ear: Ear, kiosk: str) -> Watch:
        watch.join(kiosk, ear)
        joined.append((kiosk, ear))
        return watch

    yield listen
    for kiosk, ear in joined:
        watch.leave(kiosk, ear)
    await sync_to_async(connections.close_all)()


async def test_a_listener_that_hangs_keeps_no_other_waiting(
    committed: World, listened: Callable[[Ear, str], Watch]
) -> None:
    clogged, free = Ear(_hang), Ear()
    listened(clogged, committed.box.kiosk.public_id)
    listened(free, committed.box.kiosk.public_id)
    assert [await clogged.hear(), await free.hear()] == [1, 1]

    await sync_to_async(committed.book_soon)()

    assert await free.hear() == 2
    assert clogged.calls.empty()


@pytest.mark.parametrize("doing", [_break, _hang], ids=["fails", "hangs"])
async def test_a_listener_in_trouble_is_called_again(
    committed: World,
    listened: Callable[[Ear, str], Watch],
    monkeypatch: pytest.MonkeyPatch,
    doing: Listener,
) -> None:
    monkeypatch.setattr(watching, "LISTENER_LIMIT_S", 0.05)
    monkeypatch.setattr(watching, "SLOW_LOOK", timedelta(0))
    ear, other = Ear(doing, doing), Ear()
    listened(ear, committed.box.kiosk.public_id)
    listened(other, committed.other_box.kiosk.public_id)

    assert [await ear.hear() for _ in range(3)] == [1, 2, 3]
    assert await other.hear() == 1


async def test_a_change_while_a_listener_is_busy_calls_it_once_more(
    committed: World, listened: Callable[[Ear, str], Watch]
) -> None:
    go = asyncio.Event()
    ear, other = Ear(_until(go)), Ear()
    listened(ear, committed.box.kiosk.public_id)
    listened(other, committed.box.kiosk.public_id)
    assert [await ear.hear(), await other.hear()] == [1, 1]
    await sync_to_async(committed.book_soon)()
    await other.hear()

    go.set()

    assert await ear.hear() == 2


@pytest.mark.parametrize("name", ["last_id", "entries_after"])
async def test_the_looking_starts_again_whatever_happens(
    committed: World,
    listened: Callable[[Ear, str], Watch],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    right, failures = getattr(watching, name), [OverflowError("unforeseen")]

    def fail_once(*args: Any, **kwargs: Any) -> Any:
        if failures:
            raise failures.pop()
        return right(*args, **kwargs)

    monkeypatch.setattr(watching, name, fail_once)
    monkeypatch.setattr(watching, "RESTART_AFTER_S", 0.01)
    ear = Ear()
    listened(ear, committed.box.kiosk.public_id)

    assert await ear.hear() == 1
    await sync_to_async(committed.book_soon)()
    assert await ear.hear() == 2


async def test_a_visit_that_comes_within_seven_days_reaches_a_stable_link(
    committed: World, lines: Lines
) -> None:
    now = datetime.now(UTC)
    visit = await sync_to_async(committed.book)(now + timedelta(days=8), now=now, off_grid=True)
    socket = await lines.kiosk()
    assert lines.welcome["agenda"] == []

    with time_machine.travel(now + timedelta(days=1, seconds=1)):
        [entry] = (await socket.hear("agenda"))["entries"]

    assert entry["visit"] == visit.public_id


async def test_every_agenda_is_made_anew_once_a_day(
    committed: World, listened: Callable[[Ear, str], Watch]
) -> None:
    ear = Ear()
    listened(ear, committed.box.kiosk.public_id)
    assert await ear.hear() == 1

    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert await ear.hear() == 2


async def test_what_is_changed_in_the_directory_reaches_the_agenda(
    committed: World, lines: Lines
) -> None:
    await sync_to_async(committed.book_soon)()
    socket = await lines.kiosk()
    what: dict[str, Any] = {"actor": OPERATOR, "now": NOW}

    await sync_to_async(directory.set_start_url)(
        reason=committed.reason, start_url="https://allocations.example/autre", **what
    )
    [entry] = (await socket.hear("agenda"))["entries"]
    assert entry["start_url"] == "https://allocations.example/autre"
    await sync_to_async(directory.describe_reason)(
        reason=committed.reason, start_url="https://allocations.example/encore", **what
    )
    [entry] = (await socket.hear("agenda"))["entries"]
    assert entry["start_url"] == "https://allocations.example/encore"
    await sync_to_async(directory.describe_partner)(
        partner=committed.partner, allowed_hosts=["autre.example"], **what
    )
    [entry] = (await socket.hear("agenda"))["entries"]
    assert "autre.example" in entry["allowed_hosts"]
    site = committed.box.kiosk.site
    await sync_to_async(territory.describe_site)(site=site, phone="04 65 71 00 99", **what)
    [entry] = (await socket.hear("agenda"))["entries"]
    assert entry["phone"] == "04 65 71 00 99"


def _until(event: asyncio.Event) -> Listener:
    async def wait() -> None:
        await event.wait()

    return wait
