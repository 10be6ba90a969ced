"""The peer connection of one visit, as the daemon sees it: who is there, is the line up.

The kiosk offers. Each RTCPeerConnection has an instance of its own on both sides; the link to the
server only carries signals, so losing it does not touch a connection that stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from cordee_kiosk.core.commands import Command, Reject, TellServer, TellStage
from cordee_kiosk.core.trust import NotTrusted, Signer, check_description, signed_description
from cordee_wire import stage
from cordee_wire.kiosk_link import AgendaEntry, Joined, Relayed
from cordee_wire.message import MessageRefused, decode, encode
from cordee_wire.signal import Description, Signal
from cordee_wire.signed import short_code

AGAIN_AFTER_S = 12.0
"""A negotiation, or an ICE restart of the stage, that brings nothing by then is made anew."""
REFUSED_AGAIN_AFTER_S = 30.0
CUT_AFTER_S = 8.0
"""A connection that has gone silent is a cut only then: before, the same one may come back, with
everything that was said on it in order and once. A line cut for 5 s comes back within that."""
_SILENT = ("disconnected", "connecting")
"""`connecting` once more: the stage looks for another way (ICE restart)."""


class Line(StrEnum):
    """How the two ends are joined."""

    NONE = "none"
    NEGOTIATING = "negotiating"
    UP = "up"
    SILENT = "silent"
    DOWN = "down"
    REFUSED = "refused"


@dataclass
class Call:
    """One visit's connection. `boot` makes the instances of each life of the daemon different."""

    entry: AgendaEntry
    boot: str
    signer: Signer
    roots: Mapping[str, str]

    def __post_init__(self) -> None:
        self.line = Line.NONE
        self.deadline: float | None = None
        self.code = ""
        self._may_negotiate = False
        self._count = 0
        self._instance = self._next_instance()
        self._peer: str | None = None
        self._with = ""
        self._is_link_up = False
        self._is_stage_up = False
        self._signals_lost = False
        self._own_fingerprint = ""

    @property
    def is_joined(self) -> bool:
        """Whether the same two ends still hold the connection: up, or silent for a moment."""
        return self.line in (Line.UP, Line.SILENT)

    # --- the server's side

    def link_up(self) -> list[Command]:
        """Say where we are; the other end answers with its own presence."""
        self._is_link_up = True
        return [self._joined()]

    def link_lost(self) -> None:
        """Note that signals no longer arrive and that we no longer know who is there."""
        self._is_link_up = False
        self._peer = None
        self._signals_lost = True

    def peer_is(self, instance: str | None, now: float) -> list[Command]:
        """Note who is at the other end; a new one needs a new connection."""
        self._peer = instance
        if instance is None:
            return []
        is_new = instance != self._with
        must = is_new or self.line is Line.NONE or (self._signals_lost and not self.is_joined)
        return self._negotiate(now) if must else []

    def relayed(self, message: Relayed, now: float) -> list[Command]:
        """Pass the agent's signal on to the stage if it may be trusted."""
        if message.to != self._instance or message.instance != self._with:
            return [Reject("stale_signal")]
        try:
            signal: Signal = msgspec.convert(message.signal, type=Signal)
        except msgspec.ValidationError:
            return [Reject("bad_signal")]
        if isinstance(signal, Description):
            try:
                fingerprint = check_description(signal, entry=self.entry, roots=self.roots, now=now)
            except NotTrusted as error:
                if not self.is_joined:
                    self.line = Line.REFUSED
                    self.deadline = now + REFUSED_AGAIN_AFTER_S
                return [Reject("fingerprint", error.code)]
            self.code = short_code(self.entry.visit, self._own_fingerprint, fingerprint)
        return [TellStage(stage.SignalIn(signal=encode(signal).decode()))]

    # --- the stage's side

    def begin(self, now: float) -> list[Command]:
        """Negotiate from now on, whenever somebody is there."""
        self._may_negotiate = True
        return self._negotiate(now) if self.line is Line.NONE else []

    def stage_up(self, now: float) -> list[Command]:
        """Note that the stage is new and holds no connection."""
        self._is_stage_up = True
        return self._negotiate(now)

    def stage_lost(self) -> None:
        """Note that the connection went with the browser."""
        self._is_stage_up = False
        self.line = Line.DOWN if self._with else Line.NONE
        self.deadline = None

    def signal_out(self, text: str) -> list[Command]:
        """Sign the stage's description and send it; candidates go as they are."""
        try:
            signal: Signal = decode(text, Signal)
            if isinstance(signal, Description):
                signal = signed_description(signal, visit=self.entry.visit, signer=self.signer)
                self._own_fingerprint = signal.fingerprint
        except (MessageRefused, NotTrusted) as error:
            return [Reject("bad_own_signal", error.code)]
        if not self._with:
            return [Reject("nobody_to_signal")]
        if not self._is_link_up:
            self._signals_lost = True
            return [Reject("signal_lost")]
        return [
            TellServer(
                Relayed(
                    visit=self.entry.visit,
                    instance=self._instance,
                    to=self._with,
                    signal=msgspec.to_builtins(signal),
                )
            )
        ]

    def state_is(self, told: stage.CallState, now: float) -> list[Command]:
        """Note the state of connection and control channel: up only when both are.

        One that stood and only hears nothing is silent, and a cut after CUT_AFTER_S. A connection
        that another has replaced no longer counts.
        """
        if told.instance not in ("", self._instance):
            return [Reject("stale_state")]
        if self.line in (Line.NONE, Line.REFUSED):
            return []
        if told.connection == "connected" and told.control == "open":
            self.line, self.deadline = Line.UP, None
        elif self.is_joined and told.connection in _SILENT and told.control == "open":
            if self.line is Line.UP:
                self.line, self.deadline = Line.SILENT, now + CUT_AFTER_S
        elif self.is_joined:
            self.line, self.deadline = Line.DOWN, now + AGAIN_AFTER_S
        elif told.connection in ("failed", "closed") and self.line is Line.NEGOTIATING:
            self.deadline = min(self.deadline or now + 1, now + 1)
        return []

    def tick(self, now: float) -> list[Command]:
        """Call a silence a cut, and negotiate anew when the last try brought nothing."""
        if self.deadline is None or now < self.deadline:
            return []
        self.deadline = now + AGAIN_AFTER_S
        if self.line is Line.SILENT:
            self.line = Line.DOWN
            return []
        return self._negotiate(now)

    def leave(self) -> list[Command]:
        """Tell the server that the kiosk is no longer at this visit."""
        self._may_negotiate = False
        self.deadline = None
        return [TellServer(Joined(visit=self.entry.visit, instance=None))]

    # --- private

    def _negotiate(self, now: float) -> list[Command]:
        is_possible = self._may_negotiate and self._is_stage_up and self._is_link_up
        if not is_possible or self._peer is None:
            return []
        commands: list[Command] = []
        if self._with:
            self._instance = self._next_instance()
            commands.append(self._joined())
        self._with = self._peer
        self._signals_lost = False
        self.line, self.deadline, self.code = Line.NEGOTIATING, now + AGAIN_AFTER_S, ""
        negotiate = stage.Negotiate(
            visit=self.entry.visit,
            instance=self._instance,
            to=self._peer,
            ice_servers=self.entry.ice_servers,
            relay_only=self.entry.relay_only,
        )
        return [*commands, TellStage(negotiate)]

    def _joined(self) -> Command:
        return TellServer(Joined(visit=self.entry.visit, instance=self._instance))

    def _next_instance(self) -> str:
        self._count += 1
        name = f"{self.boot}\n{self.entry.visit}\n{self._count}"
        return hashlib.sha256(name.encode()).hexdigest()[:32]
