"""A visit held in the partner's own video tool: its page is the call, and has the camera.

The stage opens no camera and no connection then. The page gets the camera by its origin, in the
guest of this visit, and only if the box itself knows the host (docs/decisions/0012).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from cordee_kiosk.core import words
from cordee_kiosk.core.commands import CloseGuest, Command, OpenGuest, Reject, SayPrompt
from cordee_kiosk.core.events import GuestOpened, GuestWent
from cordee_kiosk.core.facts import Facts
from cordee_wire.kiosk_link import AgendaEntry

AGAIN_AFTER_S = 10.0
"""A page that did not open, or whose window ended, is opened anew after this."""


@dataclass
class OwnTool:
    """The page of one visit. `hosts`: those that this box lets have the camera."""

    entry: AgendaEntry
    facts: Facts
    hosts: Collection[str]

    def __post_init__(self) -> None:
        self.again_at: float | None = None
        self.is_open = False
        self.guest_host, self.is_guest_secure = "", False
        self._is_opening = False

    @property
    def host(self) -> str:
        """The host of the tool, as the stage names it."""
        return urlsplit(self.entry.video_url).hostname or ""

    @property
    def is_known(self) -> bool:
        """Whether this box lets the tool have the camera; no server can make it do so."""
        return urlsplit(self.entry.video_url).netloc.lower() in self.hosts

    def open(self, now: float) -> list[Command]:
        """Open the page, unless it is there or was tried a moment ago."""
        is_early = self.again_at is not None and now < self.again_at
        if self.is_open or self._is_opening or is_early or not self.is_known:
            return []
        self._is_opening, self.again_at = True, None
        url = self.entry.video_url
        return [OpenGuest(url, self.entry.allowed_hosts, camera_for=_origin(url))]

    def opened(self, event: GuestOpened, now: float) -> list[Command]:
        """Note that the page is there, or try again soon."""
        if not self._is_opening:
            return [Reject("guest_unasked"), CloseGuest()]
        self._is_opening = False
        if event.code:
            self.again_at = now + AGAIN_AFTER_S
            return [Reject(event.code)]
        self.is_open = True
        if not self.guest_host:
            self._note_address(self.entry.video_url)
        return [
            self.facts.note(self.entry.visit, "address_opened", now, host=self.host),
            SayPrompt(0, words.tool_opened(self.entry)),
        ]

    def guest_went(self, event: GuestWent) -> list[Command]:
        """Note where the page is, for the address strip."""
        self._note_address(event.url)
        return []

    def guest_gone(self, now: float) -> list[Command]:
        """Open the page anew soon: its window ended by itself."""
        if not self.is_open and not self._is_opening:
            return [Reject("guest_unasked")]
        self.lost()
        self.again_at = now + AGAIN_AFTER_S
        return []

    def lost(self) -> None:
        """Note that the page went with the browser."""
        self.is_open = self._is_opening = False
        self.again_at = None
        self.guest_host, self.is_guest_secure = "", False

    def close(self) -> list[Command]:
        """Destroy the page, and with it what holds the camera."""
        self.lost()
        return [CloseGuest()]

    def _note_address(self, url: str) -> None:
        parts = urlsplit(url)
        self.guest_host, self.is_guest_secure = parts.hostname or "", parts.scheme == "https"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
