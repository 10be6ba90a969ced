from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from authority import Authority
from waiting import until

from adapters.fake_pages import FakePages
from cordee_kiosk.adapters import post as post_module
from cordee_kiosk.adapters.post import SpoolPost
from cordee_kiosk.ports import Delivered, Sealed
from cordee_wire.http import PageOffset
from cordee_wire.message import encode
from cordee_wire.stage import LineMeasured

PAGE, VISIT = "9" * 32, "a" * 32
WITHIN_S = 60
Make = Callable[[], SpoolPost]


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def pages(authority: Authority) -> FakePages:
    return FakePages(public_key=authority.kiosk.public_key)


@pytest.fixture
async def make(
    authority: Authority, pages: FakePages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Make]:
    monkeypatch.setattr(post_module, "FIRST_WAIT_S", 0.001)
    made = []

    def make_one() -> SpoolPost:
        made.append(
            SpoolPost(
                server="http://127.0.0.1:1",
                kiosk="k1",
                signer=authority.kiosk,
                folder=tmp_path / "spool",
                transport=httpx.MockTransport(pages),
            )
        )
        return made[-1]

    yield make_one
    for post in made:
        await post.close()


class Clock:
    """Time passes only by waiting."""

    def __init__(self) -> None:
        self.now = 100.0

    def read(self) -> float:
        return self.now

    async def pause(self, wait_s: float) -> None:
        self.now += wait_s


@pytest.fixture
async def make_paced(
    authority: Authority, pages: FakePages, tmp_path: Path
) -> AsyncIterator[tuple[Callable[[int], SpoolPost], Clock]]:
    clock, made = Clock(), []

    def make_one(upload_bps: int) -> SpoolPost:
        made.append(
            SpoolPost(
                server="http://127.0.0.1:1",
                kiosk="k1",
                signer=authority.kiosk,
                folder=tmp_path / "spool",
                transport=httpx.MockTransport(pages),
                upload_bps=upload_bps,
                monotonic=clock.read,
                pause=clock.pause,
            )
        )
        return made[-1]

    yield make_one, clock
    for post in made:
        await post.close()


async def first(post: SpoolPost) -> Delivered:
    async with asyncio.timeout(WITHIN_S):
        return await anext(post.delivered())


def put(post: SpoolPost, size_bytes: int = 300_000) -> bytes:
    ciphertext = os.urandom(size_bytes)
    post.put(page=PAGE, visit=VISIT, sealed=Sealed(ciphertext, ["age1x"]))
    return ciphertext


async def test_page_goes_in_pieces_and_leaves_the_spool(
    make: Make, pages: FakePages, tmp_path: Path
) -> None:
    post = make()
    ciphertext = put(post)
    assert await first(post) == Delivered(page=PAGE, visit=VISIT)
    assert bytes(pages.held[PAGE]) == ciphertext
    assert pages.requests == ["POST", "PATCH", "PATCH", "PATCH"]
    assert pages.offered[PAGE].recipients == ["age1x"]


async def test_delivered_page_is_gone_from_the_spool(make: Make, tmp_path: Path) -> None:
    post = make()
    put(post)
    async with asyncio.timeout(WITHIN_S):
        async for _ in post.delivered():
            assert not list((tmp_path / "spool").iterdir())
            break


@pytest.mark.parametrize(
    "fail", [503, httpx.ConnectError("down"), httpx.ReadTimeout("slow"), httpx.WriteError("cut")]
)
async def test_trouble_in_the_middle_resumes_where_it_stopped(
    make: Make, pages: FakePages, fail: int | Exception
) -> None:
    post = make()
    ciphertext = put(post)
    pages.held[PAGE] = bytearray(ciphertext[:131_072])
    pages.fails = [fail]
    await first(post)
    assert bytes(pages.held[PAGE]) == ciphertext
    assert pages.requests.count("PATCH") == 2


@pytest.mark.parametrize("answer", [b"<html>Bienvenue sur le Wi-Fi</html>", b""])
async def test_answer_that_is_not_the_servers_is_waited_out(
    make: Make, pages: FakePages, answer: bytes
) -> None:
    post = make()
    ciphertext = put(post)
    pages.fails = [answer]
    await first(post)
    assert bytes(pages.held[PAGE]) == ciphertext


async def test_server_that_keeps_nothing_of_what_it_gets_is_not_asked_without_end(
    make: Make, pages: FakePages
) -> None:
    post = make()
    ciphertext = put(post, 1000)
    nowhere = encode(PageOffset(page=PAGE, offset=0, complete=False))
    pages.fails = [nowhere, nowhere]
    await first(post)
    assert bytes(pages.held[PAGE]) == ciphertext
    assert pages.requests == ["POST", "PATCH", "POST", "PATCH"]


async def test_next_life_of_the_daemon_sends_what_waits(make: Make, pages: FakePages) -> None:
    ciphertext = put(make())
    await first(make())
    assert bytes(pages.held[PAGE]) == ciphertext


async def test_server_that_is_elsewhere_in_the_file_is_followed(
    make: Make, pages: FakePages
) -> None:
    post = make()
    ciphertext = put(post, 200_000)
    pages.held[PAGE] = bytearray(ciphertext[:70_000])
    await first(post)
    assert bytes(pages.held[PAGE]) == ciphertext


@pytest.mark.parametrize(
    "code", ["not_yours", "wrong_recipient", "page_too_large", "visit_full", "visit_over"]
)
async def test_page_that_the_server_will_never_have_leaves_the_spool(
    make: Make, pages: FakePages, tmp_path: Path, code: str
) -> None:
    post = make()
    put(post)
    pages.fails = [code]
    async with asyncio.timeout(WITHIN_S):
        async for arrived in post.delivered():
            assert arrived == Delivered(page=PAGE, visit=VISIT, trouble=code)
            assert not list((tmp_path / "spool").iterdir())
            break


async def test_page_that_the_server_refuses_for_now_stays_and_others_pass(
    make: Make, pages: FakePages, tmp_path: Path
) -> None:
    post = make()
    put(post)
    other = "8" * 32
    post.put(page=other, visit=VISIT, sealed=Sealed(b"x" * 10, []))
    pages.fails = [404]
    assert (await first(post)).page == other
    assert (tmp_path / "spool" / f"{PAGE}.age").exists()
    post.wake()
    assert (await first(post)).page == PAGE


async def test_page_on_which_the_server_stumbles_does_not_hold_up_the_others(
    make: Make, pages: FakePages, tmp_path: Path
) -> None:
    post = make()
    put(post)
    other = "8" * 32
    post.put(page=other, visit=VISIT, sealed=Sealed(b"x" * 10, []))
    pages.fails = [500]
    assert (await first(post)).page == other
    assert (tmp_path / "spool" / f"{PAGE}.age").exists()


async def test_damaged_upload_begins_again(make: Make, pages: FakePages) -> None:
    post = make()
    ciphertext = put(post, 1000)
    pages.held[PAGE] = bytearray(b"wrong")
    waiting = asyncio.create_task(first(post))
    await until(
        lambda: "PATCH" in pages.requests and not pages.held[PAGE], what="it is thrown away"
    )

    def is_whole_once_woken() -> bool:
        post.wake()
        return waiting.done()

    await until(is_whole_once_woken, what="the page is whole")
    assert bytes(pages.held[PAGE]) == ciphertext


Paced = tuple[Callable[[int], SpoolPost], Clock]


async def test_page_goes_no_faster_than_the_setting(make_paced: Paced, pages: FakePages) -> None:
    make_one, clock = make_paced
    post = make_one(80_000)
    ciphertext = put(post, 100_000)
    begun_at = clock.now
    await first(post)
    assert bytes(pages.held[PAGE]) == ciphertext
    # 10 kB a second, but for the burst that the bucket holds and what is said about the page.
    assert 9 < clock.now - begun_at < 10


async def test_page_in_a_call_takes_its_share_in_small_requests(
    make_paced: Paced, pages: FakePages
) -> None:
    make_one, clock = make_paced
    post = make_one(0)
    post.line_is(LineMeasured(up_bps=200_000, rtt_ms=100, lost=0, room_bps=400_000))
    put(post, 100_000)
    begun_at = clock.now
    await first(post)
    assert pages.requests.count("PATCH") == 2
    assert 7 < clock.now - begun_at < 8


async def test_page_goes_at_once_without_a_call(make_paced: Paced, pages: FakePages) -> None:
    make_one, clock = make_paced
    post = make_one(0)
    put(post)
    begun_at = clock.now
    await first(post)
    assert clock.now == begun_at
