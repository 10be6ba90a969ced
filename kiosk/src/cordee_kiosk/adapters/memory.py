"""Devices that exist in memory only: for tests, and for the many kiosks of a bench.

They keep the same contracts as the real ones (tests/adapters/test_contracts.py runs both).
"""

from __future__ import annotations

import asyncio
import io
import struct
import time
import wave
import zlib
from collections.abc import AsyncIterator, Sequence

from cordee_kiosk import browsing, ports
from cordee_kiosk.adapters.chromium.allow_list import AllowList
from cordee_wire import control, signal, stage
from cordee_wire.message import Message, decode, encode

_FINGERPRINT = "AB:" * 31 + "CD"
_SDP = (
    f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=fingerprint:sha-256 {_FINGERPRINT}\r\n"
)


class MemoryBrowser:
    """A stage without a screen.

    With `meets_itself` a negotiation succeeds after `connects_after_s` though nobody answers, as
    the bench's kiosks have no agents; without, it succeeds once an answer came in. What it was
    told is in `told`, verbs done in `verbs`; `say` lets a test speak for the stage.
    """

    def __init__(self, *, meets_itself: bool = False, connects_after_s: float = 0.05) -> None:
        self.told: list[Message] = []
        self.verbs: list[control.Verb] = []
        self.papers: list[bytes] = []
        self.answers: list[int] = []
        self.guest_url = self.guest_camera_for = ""
        self.is_mirroring = False
        self.blind_rules: list[str] = []
        self.secret: list[str] = []
        self._meets_itself = meets_itself
        self._instance = ""
        self._connects_after_s = connects_after_s
        self._events: asyncio.Queue[browsing.BrowserEvent | None] = asyncio.Queue()
        self._allowed = AllowList([])
        self._later: set[asyncio.TimerHandle] = set()
        self._has_camera = False

    async def start(self) -> None:
        """Say StageReady."""
        self.say(stage.StageReady())
        self.say(stage.HoleMoved(left=480, top=0, width=800, height=720))

    async def events(self) -> AsyncIterator[browsing.BrowserEvent]:
        """Yield what happens, in order, until closed."""
        while (event := await self._events.get()) is not None:
            yield event

    def say(self, message: stage.FromStage) -> None:
        """Let the stage say this."""
        self._events.put_nowait(browsing.StageSaid(message))

    def offer(self, pdf: bytes) -> None:
        """Let the guest's page offer a document."""
        self._events.put_nowait(browsing.GuestOffered(pdf))

    def vanish(self, reason: str = "killed") -> None:
        """Let Chromium end unasked."""
        self._events.put_nowait(browsing.BrowserGone(reason))

    async def tell(self, message: stage.ToStage) -> None:
        """Take a message as the stage would."""
        self.told.append(message)
        match message:
            case stage.Negotiate(instance=instance):
                self._instance = instance
                offer = signal.Description(kind="offer", sdp=_SDP, fingerprint="", signature="")
                self.say(self._state("new", "connecting"))
                self.say(stage.SignalOut(signal=encode(offer).decode()))
                self.say(stage.SignalOut(signal=encode(signal.Candidate(candidate="")).decode()))
                if self._meets_itself:
                    self._connect()
            case stage.SignalIn(signal=text):
                if isinstance(decode(text, signal.Signal), signal.Description):
                    self._connect()
            case stage.OpenCamera():
                self._has_camera = True
                self.say(stage.CameraState(state="opened", colour=[20, 160, 60]))
            case stage.GoLive():
                self.say(stage.WentLive())
                self.say(stage.FaceDecoded(at=time.time(), colour=[40, 60, 200]))
            case stage.Speak(id=prompt):
                self.say(stage.Spoken(id=prompt))
            case stage.HangUp():
                self._has_camera = False
                self.say(self._state("closed", "closed"))
            case _:
                pass

    async def open_guest(
        self,
        *,
        url: str,
        allowed_hosts: list[str],
        camera_for: str = "",
        blind_rules: Sequence[str] = (),
    ) -> None:
        """Note the address, who has the camera and what is blind. Raises Unavailable `outside`."""
        self.blind_rules = list(blind_rules)
        self._allowed = AllowList(allowed_hosts)
        self._allowed.require(url)
        self.guest_camera_for = camera_for
        self._go(url)

    async def close_guest(self) -> None:
        """Forget the guest."""
        self.guest_url = self.guest_camera_for = ""

    async def mirror(self, *, is_on: bool) -> None:
        """Send one piece at each start."""
        self.is_mirroring = is_on
        if is_on:
            self._events.put_nowait(browsing.MirrorBytes(b"\x01" + zlib.compress(b"{}", wbits=-15)))

    async def picture(self) -> None:
        """Be shown at once."""
        self.is_mirroring = False
        self._events.put_nowait(browsing.PictureIs("shown" if self.guest_url else "failed"))

    def mirror_heard(self, epoch: int, total_bytes: int) -> None:
        """Nothing waits for it."""

    async def do(self, verb: control.Verb, papers: Sequence[bytes] = ()) -> control.Done:
        """Note the verb and its papers; an address outside the list is refused."""
        if not self.guest_url:
            return control.Done(id=verb.id, ok=False, code="gone", message="Pas de page ouverte.")
        self.verbs.append(verb)
        self.papers += papers
        if isinstance(verb, control.Open):
            try:
                self._allowed.require(verb.url)
            except ports.Unavailable as error:
                return control.Done(id=verb.id, ok=False, code=error.code, message=str(error))
            self._go(verb.url)
        return control.Done(id=verb.id, ok=True)

    def look_at_secret(self, at: browsing.GuestAtSecret) -> None:
        """Let the guest have its focus there."""
        self._events.put_nowait(at)

    def type_secret(self, *, field: int, text: str, key: str) -> None:
        """Note the stroke."""
        _ = field
        self.secret.append(text or key)

    def press_stage(self, key: ports.Key) -> None:
        """Nothing here hears keys."""

    def answer(self, verb_id: int) -> bool:
        """Note what was answered while the mirror was on."""
        if self.is_mirroring:
            self.answers.append(verb_id)
        return self.is_mirroring

    async def halt(self) -> None:
        """Nothing is ever queued here."""

    async def close(self) -> None:
        """End the events."""
        for handle in self._later:
            handle.cancel()
        self._events.put_nowait(None)

    def _go(self, url: str) -> None:
        self.guest_url = url
        moved = browsing.GuestMoved(url=url, title="Page", may_back=False, may_forward=False)
        self._events.put_nowait(moved)

    def _connect(self) -> None:
        self.say(self._state("connecting", "connecting"))
        connected = self._state("connected", "open")
        loop = asyncio.get_running_loop()
        self._later.add(loop.call_later(self._connects_after_s, self.say, connected))

    def _state(self, connection: str, channel: str) -> stage.CallState:
        return stage.CallState(connection=connection, control=channel, instance=self._instance)


class MemoryScanner:
    """Gives `page` again and again, or the fault it was given."""

    def __init__(self, page: bytes | None = None, fault: ports.Unavailable | None = None) -> None:
        self._page = page or _blank_page()
        self._fault = fault

    async def scan(self) -> bytes:
        """Return the page."""
        if self._fault is not None:
            raise self._fault
        return self._page


class MemoryPapers:
    """Keeps pages as they come."""

    def __init__(self) -> None:
        self._pages: dict[str, bytes] = {}
        self._documents: dict[str, bytes] = {}

    async def keep(self, page: str, picture: bytes) -> bytes:
        """Keep a page; return it as it is."""
        self._pages[page] = picture
        return picture

    def offer(self, document: str, pdf: bytes) -> None:
        """Keep a document of the partner's page."""
        self._documents[document] = pdf

    def document(self, name: str) -> bytes:
        """Return a document, empty when it is not here."""
        return self._documents.get(name, b"")

    def take(self, pages: Sequence[str]) -> list[bytes]:
        """Return these pages, or none when one of them is not here."""
        is_whole = all(page in self._pages for page in pages)
        return [self._pages[page] for page in pages] if is_whole else []

    def forget(self) -> None:
        """Drop them all."""
        self._pages.clear()
        self._documents.clear()


class MemoryVoice:
    """Says everything in a twentieth of a second of silence."""

    async def say(self, text: str) -> bytes:
        """Return silence."""
        if not text:
            raise ports.Unavailable("failed", "Rien à dire.")
        file = io.BytesIO()
        with wave.open(file, "wb") as written:
            written.setnchannels(1)
            written.setsampwidth(2)
            written.setframerate(8000)
            written.writeframes(b"\0\0" * 400)
        return file.getvalue()


class MemoryScreen:
    """Remembers whether it is on."""

    def __init__(self) -> None:
        self.is_awake = False

    async def wake(self) -> None:
        """Be on."""
        self.is_awake = True

    async def rest(self) -> None:
        """Be off."""
        self.is_awake = False


class MemoryStopKey:
    """Is pressed by `press`."""

    def __init__(self) -> None:
        self._presses: asyncio.Queue[float | None] = asyncio.Queue()
        self._keys: asyncio.Queue[ports.Key | None] = asyncio.Queue()
        self.is_held = False

    def hold(self, *, is_held: bool) -> None:
        """Note it."""
        self.is_held = is_held

    def type(self, key: ports.Key) -> None:
        """Type on the keyboard, if it is held."""
        if self.is_held:
            self._keys.put_nowait(key)

    async def keys(self) -> AsyncIterator[ports.Key]:
        """Yield what is typed."""
        while (key := await self._keys.get()) is not None:
            yield key

    def press(self) -> None:
        """Press it."""
        self._presses.put_nowait(time.monotonic())

    async def presses(self) -> AsyncIterator[float]:
        """Yield at each press."""
        while (pressed := await self._presses.get()) is not None:
            yield pressed

    async def close(self) -> None:
        """End the presses."""
        self._presses.put_nowait(None)
        self._keys.put_nowait(None)


def _blank_page(width_px: int = 8, height_px: int = 8) -> bytes:
    """Return a white PNG (ISO/IEC 15948), grey, 8 bits."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    rows = (b"\0" + b"\xff" * width_px) * height_px
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width_px, height_px, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
