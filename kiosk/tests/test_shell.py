"""The daemon whole, with devices in memory and a server on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from authority import AGENT, PARTNER, Authority
from fake_server import FakeServer, serving
from waiting import WITHIN_S, until

from cordee_kiosk import browsing, ports
from cordee_kiosk.adapters.clock import HINT_FROM_S, CorrectedClock
from cordee_kiosk.adapters.link import ServerLink
from cordee_kiosk.adapters.memory import (
    MemoryBrowser,
    MemoryPapers,
    MemoryScanner,
    MemoryScreen,
    MemoryStopKey,
    MemoryVoice,
)
from cordee_kiosk.adapters.post import SpoolPost
from cordee_kiosk.adapters.sealer import AgeSealer
from cordee_kiosk.adapters.spool import BoxMemory, FactSpool
from cordee_kiosk.core.machine import Machine
from cordee_kiosk.devices import Devices
from cordee_kiosk.shell import Shell
from cordee_wire import control, kiosk_link, stage
from cordee_wire.message import decode, encode

VISIT, COUNTER = "a" * 32, "c" * 32
CLOCK_TOLERANCE_S = 0.5
"""How far the kiosk may misjudge the server's clock over a link that is slow for a moment."""


@dataclass
class World:
    """One kiosk, its server, and what the browsers were told."""

    state: Path
    authority: Authority
    server: FakeServer
    browsers: list[StuckBrowser]
    stop_key: MemoryStopKey
    sealer: ports.Sealer | None = None

    def shell(self, boot: str = "b1") -> Shell:
        box = BoxMemory(self.state)
        who = self.authority.kiosk
        machine = Machine(
            place=box.agenda(), kept=box.visit(), boot=boot, signer=who, roots=self.authority.roots
        )
        self.stop_key = MemoryStopKey()
        url = self.server.url
        gone = httpx.MockTransport(lambda request: httpx.Response(503))
        devices = Devices(
            clock=CorrectedClock(),
            make_browser=self._make_browser,
            link=ServerLink(server=url, kiosk="k", boot=boot, version="0", signer=who),
            scanner=MemoryScanner(),
            papers=MemoryPapers(),
            voice=MemoryVoice(),
            screen=MemoryScreen(),
            stop_key=self.stop_key,
            sealer=self.sealer or AgeSealer(self.authority.roots),
            post=SpoolPost(
                server=url, kiosk="k", signer=who, folder=self.state / "spool", transport=gone
            ),
            memory=box,
            spool=FactSpool(self.state),
        )
        return Shell(machine, devices)

    def _make_browser(self) -> MemoryBrowser:
        self.browsers.append(StuckBrowser())
        return self.browsers[-1]

    def book(self, in_s: float) -> kiosk_link.AgendaEntry:
        """Book for `in_s` seconds from now on the server's clock."""
        starts_at = self.server.now() + in_s
        entry = kiosk_link.AgendaEntry(
            visit=VISIT,
            starts_at=starts_at,
            ends_at=starts_at + 1800,
            citizen="Denise",
            partner=PARTNER,
            partner_label="Allocations familiales 05",
            reason="Aide au logement",
            agent=AGENT,
            phone="04",
            start_url="https://partenaire.invalid/",
            allowed_hosts=["partenaire.invalid"],
            ice_servers=[],
            certificate=self.authority.certificate(),
        )
        self.server.agenda = [entry]
        return entry

    async def counter_comes(self) -> None:
        await self.server.until(lambda: bool(self.server.of(kiosk_link.Joined)))
        await self.server.say(kiosk_link.Peer(visit=VISIT, role="agent", instance=COUNTER))

    async def obtain(self, act: str, number: int) -> None:
        """Let the agent ask, the `number`th time, and the citizen touch yes."""
        await self.agent_says(control.Ask(act=act, id=number))
        await self.server.until(lambda: len(self.server.facts("asked")) == number)
        self.browsers[-1].say(stage.Touched(what="yes", request=number))

    async def agent_says(self, message: control.FromAgent) -> None:
        self.browsers[-1].say(stage.ControlArrived(text=encode(message).decode()))


class HeldSealer:
    """Seals as the real one does, once it may go on."""

    def __init__(self, real: ports.Sealer) -> None:
        self._real = real
        self.begun, self.go_on = threading.Event(), threading.Event()

    def seal(self, page: bytes, *, entry: kiosk_link.AgendaEntry, now: float) -> ports.Sealed:
        self.begun.set()
        self.go_on.wait(WITHIN_S)
        return self._real.seal(page, entry=entry, now=now)


class StuckBrowser(MemoryBrowser):
    """A stage that can be made to hang at the next thing that it is told."""

    def __init__(self) -> None:
        super().__init__(meets_itself=True)
        self._stuck: asyncio.Event | None = None
        self._free = asyncio.Event()

    def hang(self) -> asyncio.Event:
        """Hang from now on; the event is set once something waits."""
        self._stuck = asyncio.Event()
        return self._stuck

    def go_on(self) -> None:
        self._free.set()

    async def tell(self, message: stage.ToStage) -> None:
        if self._stuck is not None:
            self._stuck.set()
            await self._free.wait()
        await super().tell(message)

    def write_mirror(self) -> None:
        self._events.put_nowait(browsing.MirrorBytes(b"\x01piece"))

    def mirrored(self) -> list[stage.SendMirror]:
        return [message for message in self.told if isinstance(message, stage.SendMirror)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    authority = Authority()
    server = FakeServer(public_key=authority.kiosk.public_key)
    async with serving(server):
        yield World(tmp_path, authority, server, [], MemoryStopKey())


@contextlib.asynccontextmanager
async def running(shell: Shell) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(shell.run())
    try:
        yield task
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_booked_hour_goes_live_by_itself_and_is_told(world: World) -> None:
    entry = world.book(in_s=1)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("face_decoded")))
    (live,) = world.server.facts("live")
    assert live.at >= entry.starts_at


@pytest.mark.parametrize("ahead_s", [600, -600])
@pytest.mark.parametrize("tells_time", [True, False])
async def test_hour_is_the_servers_though_the_box_is_minutes_off(
    world: World, ahead_s: float, *, tells_time: bool
) -> None:
    world.server.ahead_s, world.server.tells_time = ahead_s, tells_time
    await _goes_live_at_the_servers_hour(world)


async def test_hour_is_the_servers_though_the_box_is_too_little_off_for_its_greeting(
    world: World,
) -> None:
    world.server.ahead_s = -0.8 * HINT_FROM_S
    await _goes_live_at_the_servers_hour(world)


async def _goes_live_at_the_servers_hour(world: World) -> None:
    entry = world.book(in_s=2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        heard_at = world.server.now()
    (live,) = world.server.facts("live")
    assert heard_at >= entry.starts_at - CLOCK_TOLERANCE_S
    assert entry.starts_at <= live.at <= heard_at + CLOCK_TOLERANCE_S


async def test_facts_unapplied_are_sent_again_by_the_next_life(world: World) -> None:
    world.book(in_s=300)
    world.server.applies_facts = False
    async with running(world.shell("b1")):
        await world.server.until(lambda: bool(world.server.facts("woken")))
    world.server.heard.clear()
    world.server.applies_facts = True
    async with running(world.shell("b2")):
        await world.server.until(lambda: bool(world.server.facts("woken")))
        assert world.server.facts("woken")[0].boot == "b1"


async def test_server_that_comes_back_is_told_what_it_missed(world: World) -> None:
    world.book(in_s=1)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("warmed")))
        await world.server.stop()
        world.server.heard.clear()
        await world.server.start()
        await world.server.until(lambda: bool(world.server.facts("live")))


async def test_grant_opens_the_guest_and_stop_takes_it_back(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        await world.agent_says(control.Ask(act="see", id=1))
        await world.server.until(lambda: bool(world.server.facts("asked")))
        world.browsers[-1].say(stage.Touched(what="yes", request=1))
        await world.server.until(lambda: bool(world.server.facts("address_opened")))
        assert world.browsers[-1].guest_url == "https://partenaire.invalid/"
        world.stop_key.press()
        await world.server.until(lambda: bool(world.server.facts("revoked")))
        assert world.server.facts("revoked")[0].detail["how"] == "stop_key"


async def test_what_the_citizen_types_goes_to_the_field_and_is_written_nowhere(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        await world.obtain("see", 1)
        browser = world.browsers[-1]
        await until(lambda: world.stop_key.is_held, what="the keyboard is held")
        browser.look_at_secret(browsing.GuestAtSecret(7, "password", "letters"))
        await until(
            lambda: any(getattr(each, "secret", 0) for each in browser.told), what="it is shown"
        )
        for letter in "Chamois":
            world.stop_key.type(ports.Key(text=letter))
        browser.say(stage.SecretTyped(field=7, text="9"))
        browser.say(stage.SecretTyped(field=7, key="Done"))
        await until(lambda: len(browser.secret) == 9, what="every stroke is there")
        assert sorted(browser.secret) == sorted([*"Chamois", "9", "Done"])
        assert [each for each in browser.secret if each in "Chamois"] == list("Chamois")
        world.stop_key.press()
        await world.server.until(lambda: bool(world.server.facts("revoked")))
        world.stop_key.type(ports.Key(text="z"))
        browser.say(stage.SecretTyped(field=7, text="z"))
        await world.agent_says(control.Ask(act="scan", id=9))
        await world.server.until(lambda: len(world.server.facts("asked")) == 2)
        assert "z" not in browser.secret
    written = [path.read_bytes() for path in world.state.rglob("*") if path.is_file()]
    assert not any(b"Chamois" in each for each in written)
    assert "Chamois" not in "".join(capfd.readouterr())


async def test_scan_is_sealed_and_spooled(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        await world.agent_says(control.Ask(act="scan", id=1))
        await world.server.until(lambda: bool(world.server.facts("asked")))
        world.browsers[-1].say(stage.Touched(what="yes", request=1))
        await world.agent_says(control.Scan(id=2))
        await world.server.until(lambda: bool(world.server.facts("scanned")))
        (scanned,) = world.server.facts("scanned")
    spooled = world.state / "spool" / f"{scanned.detail['page']}.age"
    assert spooled.read_bytes().startswith(b"age-encryption.org/v1")


async def test_scanned_page_and_no_other_comes_to_the_browser_with_its_verb(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        for number, act in enumerate(("see", "control", "scan"), start=1):
            await world.obtain(act, number)
        await world.agent_says(control.Scan(id=4))
        await world.server.until(lambda: bool(world.server.facts("scanned")))
        page = str(world.server.facts("scanned")[0].detail["page"])
        await world.agent_says(control.Attach(id=5, node=1, pages=["/etc/passwd"]))
        await world.server.until(lambda: bool(world.server.facts("rejected")))
        await world.agent_says(control.Attach(id=6, node=1, pages=[page]))
        await world.server.until(lambda: bool(world.server.facts("attached")))
        browser = world.browsers[-1]
        assert [each.id for each in browser.verbs] == [6]
        assert browser.papers == [await MemoryScanner().scan()]


async def test_document_of_the_site_is_sealed_and_spooled(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        for number, act in enumerate(("see", "scan"), start=1):
            await world.obtain(act, number)
        await world.server.until(lambda: bool(world.server.facts("address_opened")))
        browser = world.browsers[-1]
        browser.offer(b"%PDF-1.4 canary")
        await world.server.until(lambda: bool(world.server.facts("document_offered")))
        texts = [each.text for each in browser.told if isinstance(each, stage.SendControl)]
        said: list[control.FromKiosk] = [decode(text, control.FromKiosk) for text in texts]
        [offered] = [each for each in said if isinstance(each, control.DocumentOffered)]
        await world.agent_says(control.Receive(id=4, document=offered.document))
        await world.server.until(lambda: bool(world.server.facts("document_sealed")))
        [sealed] = world.server.facts("document_sealed")
    spooled = (world.state / "spool" / f"{sealed.detail['page']}.age").read_bytes()
    assert spooled.startswith(b"age-encryption.org/v1")
    assert b"canary" not in spooled


async def test_stop_ends_everything_at_once_though_the_stage_hangs(world: World) -> None:
    sealer = world.sealer = HeldSealer(AgeSealer(world.authority.roots))
    world.book(in_s=0.2)
    shell = world.shell()
    async with running(shell):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        for number, act in enumerate(("see", "control", "scan"), start=1):
            await world.obtain(act, number)
        await world.server.until(lambda: bool(world.server.facts("address_opened")))
        browser = world.browsers[-1]
        await world.agent_says(control.Scan(id=4))
        await until(sealer.begun.is_set, what="the page is being sealed")

        stuck = browser.hang()
        browser.write_mirror()
        await until(stuck.is_set, what="the stage hangs")
        browser.write_mirror()
        await world.agent_says(control.Click(id=5, node=1, x=0, y=0))
        world.stop_key.press()
        await until(lambda: not browser.is_mirroring, what="the mirror is off")
        scan = shell._scan
        assert scan is not None
        await until(scan.done, what="the scan is ended")
        mirrored = len(browser.mirrored())
        sealer.go_on.set()
        browser.go_on()
        await world.server.until(lambda: bool(world.server.facts("scan_failed")))
        await world.server.until(lambda: len(world.server.facts("revoked")) == 3)
    assert world.server.facts("scanned") == []
    assert not list((world.state / "spool").glob("*"))
    # The piece that the stage was being told when it hung is the last that it hears.
    assert len(browser.mirrored()) == mirrored + 1
    assert browser.verbs == []


async def test_verb_that_went_well_is_answered_in_the_mirror_or_else_beside_it(
    world: World,
) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        for number, act in enumerate(("see", "control"), start=1):
            await world.obtain(act, number)
        await world.server.until(lambda: len(world.server.facts("granted")) == 2)
        browser = world.browsers[-1]
        await until(lambda: browser.is_mirroring, what="the mirror is on")
        await world.agent_says(control.Click(id=5, node=1, x=0, y=0))
        await until(lambda: browser.answers == [5], what="it is answered in the mirror")
        # The daemon was about to turn it on again.
        browser.is_mirroring = False
        await world.agent_says(control.Click(id=6, node=1, x=0, y=0))
        answer = encode(control.Done(id=6, ok=True)).decode()
        await until(
            lambda: stage.SendControl(text=answer) in browser.told, what="it is answered by itself"
        )
    assert browser.answers == [5]


async def test_browser_that_dies_is_replaced_and_the_visit_rejoined(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        world.browsers[-1].vanish()
        await world.server.until(lambda: bool(world.server.facts("resumed")))
    assert len(world.browsers) == 2


async def test_daemon_started_in_the_middle_of_a_visit_rejoins(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell("b1")):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
    world.server.heard.clear()
    async with running(world.shell("b2")):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("resumed")))


async def test_facts_that_nobody_can_apply_leave_the_box_and_others_arrive(world: World) -> None:
    world.server.unknown = "f" * 32
    before = FactSpool(world.state)
    for seq, visit in enumerate((world.server.unknown, VISIT, world.server.unknown), start=1):
        before.add(kiosk_link.Fact(visit=visit, boot="b0", seq=seq, kind="wiped", at=1))
    async with running(world.shell()):
        facts = world.state / "facts.ndjson"
        await until(lambda: not facts.read_bytes(), what="nothing waits any more")
    assert [fact.seq for fact in world.server.facts("wiped")] == [1, 2, 3]


async def test_nothing_of_the_person_is_left_after_the_visit(world: World) -> None:
    world.book(in_s=0.2)
    async with running(world.shell()):
        await world.counter_comes()
        await world.server.until(lambda: bool(world.server.facts("live")))
        await world.agent_says(control.End())
        await world.server.until(lambda: bool(world.server.facts("ended")))
        await world.server.say(kiosk_link.Agenda(entries=[]))
        agenda = world.state / "agenda.json"
        await until(lambda: "Denise" not in agenda.read_text(), what="the name is forgotten")
    assert "Denise" not in (world.state / "visit.json").read_text()
