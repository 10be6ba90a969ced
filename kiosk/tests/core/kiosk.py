"""A kiosk's core in a world of plain values: time is a number, the agent a few messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from authority import AGENT, KIOSK_FINGERPRINT, PARTNER, Authority, sdp

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core.kept import Kept
from cordee_kiosk.core.machine import Machine
from cordee_wire import control, kiosk_link, stage
from cordee_wire.message import decode, encode
from cordee_wire.signal import Description
from cordee_wire.stage import FromStage, Show

T_0 = 1_800_000_000.0
"""The booked hour in every test."""
VISIT = "a" * 32
COUNTER = "c" * 32

C = TypeVar("C")


def entry_of(authority: Authority, **changes: object) -> kiosk_link.AgendaEntry:
    entry = kiosk_link.AgendaEntry(
        visit=VISIT,
        starts_at=T_0,
        ends_at=T_0 + 1800,
        citizen="Denise",
        partner=PARTNER,
        partner_label="Allocations familiales 05",
        reason="Aide au logement",
        agent=AGENT,
        phone="04 00 00 00 00",
        start_url="https://partenaire.invalid/demande",
        allowed_hosts=["partenaire.invalid"],
        ice_servers=[],
        certificate=authority.certificate(),
    )
    return msgspec.structs.replace(entry, **changes)


@dataclass
class Kiosk:
    """Feeds the machine and keeps every command that came out."""

    authority: Authority = field(default_factory=Authority)
    now: float = T_0 - 700
    entries: list[kiosk_link.AgendaEntry] | None = None
    kept: Kept = field(default_factory=Kept)
    boot: str = "b1"
    video_hosts: tuple[str, ...] = ()
    done: list[c.Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.entries is None:
            self.entries = [entry_of(self.authority)]
        self.machine = Machine(
            place=self.welcome(),
            kept=self.kept,
            boot=self.boot,
            signer=self.authority.kiosk,
            roots=self.authority.roots,
            video_hosts=self.video_hosts,
        )

    def welcome(self) -> kiosk_link.Welcome:
        return kiosk_link.Welcome(
            now=self.now, site="Guillestre", phone="04 11 11 11 11", agenda=self.entries or []
        )

    # --- feeding

    def feed(self, event: e.Event) -> list[c.Command]:
        commands = self.machine.handle(event, self.now)
        self.done += commands
        return commands

    def until(self, at: float) -> list[c.Command]:
        """Let time pass, waking the machine exactly at its deadlines."""
        commands = []
        while (deadline := self.machine.deadline) is not None and deadline <= at:
            before = (deadline, len(self.done))
            self.now = max(self.now, deadline)
            commands += self.feed(e.Ticked())
            assert (self.machine.deadline, len(self.done)) != before, "a deadline that stays"
        self.now = max(self.now, at)
        return commands

    def stage(self, message: FromStage) -> list[c.Command]:
        return self.feed(e.StageTold(message))

    def server(self, message: kiosk_link.FromServer) -> list[c.Command]:
        return self.feed(e.ServerSaid(message))

    def agent(self, message: control.FromAgent) -> list[c.Command]:
        return self.stage(stage.ControlArrived(text=encode(message).decode()))

    # --- the usual story

    def up(self) -> Kiosk:
        self.feed(e.Ticked())
        self.feed(e.BrowserReady())
        self.feed(e.LinkOpened(self.welcome()))
        return self

    def counter_comes(self, instance: str | None = COUNTER) -> list[c.Command]:
        return self.server(kiosk_link.Peer(visit=VISIT, role="agent", instance=instance))

    def negotiate(self, answer: Description | None = None) -> list[c.Command]:
        """Play offer and answer for the last Negotiate."""
        asked = self.told(stage.Negotiate)[-1]
        offer = Description(kind="offer", sdp=sdp(KIOSK_FINGERPRINT), fingerprint="", signature="")
        self.stage(stage.SignalOut(signal=encode(offer).decode()))
        answer = answer or self.authority.answer(VISIT)
        return self.server(
            kiosk_link.Relayed(
                visit=VISIT,
                instance=asked.to,
                to=asked.instance,
                signal=msgspec.to_builtins(answer),
            )
        )

    def line(
        self, connection: str = "connected", channel: str = "open", *, instance: str | None = None
    ) -> list[c.Command]:
        """Tell the state of a connection, the last one that was asked for if none is named."""
        of = self.told(stage.Negotiate)[-1].instance if instance is None else instance
        return self.stage(stage.CallState(connection=connection, control=channel, instance=of))

    def warm(self) -> Kiosk:
        """Both ends have negotiated; it is T−20 s."""
        self.up()
        self.until(T_0 - 29)
        self.counter_comes()
        self.negotiate()
        self.until(T_0 - 20)
        self.line()
        return self

    def live(self) -> Kiosk:
        """Faces have met; it is T+5 s."""
        self.warm()
        self.until(T_0)
        self.now += 0.04
        self.stage(stage.WentLive())
        self.until(T_0 + 5)
        return self

    def ask(self, act: str, ask_id: int = 1, *, is_heard: bool = True) -> int:
        """Ask for an act and have it spoken; return the request's number."""
        self.agent(control.Ask(act=act, id=ask_id))
        number = self.said(control.Prompted)[-1].request
        if is_heard:
            self.stage(stage.Spoken(id=number))
        return number

    def give(self, *acts: str) -> Kiosk:
        for act in acts:
            self.stage(stage.Touched(what="yes", request=self.ask(act)))
            if act == "see":
                self.feed(e.GuestOpened())
        return self

    # --- looking

    def all(self, kind: type[C]) -> list[C]:
        return [command for command in self.done if isinstance(command, kind)]

    def told(self, kind: type[C]) -> list[C]:
        found = (command.message for command in self.all(c.TellStage))
        return [message for message in found if isinstance(message, kind)]

    def sent(self, kind: type[C]) -> list[C]:
        found = (command.message for command in self.all(c.TellServer))
        return [message for message in found if isinstance(message, kind)]

    def said(self, kind: type[C]) -> list[C]:
        texts = (message.text for message in self.told(stage.SendControl))
        found: list[control.FromKiosk] = [decode(text, control.FromKiosk) for text in texts]
        return [message for message in found if isinstance(message, kind)]

    def facts(self, kind: str = "") -> list[kiosk_link.Fact]:
        return [each.fact for each in self.all(c.NoteFact) if kind in ("", each.fact.kind)]

    def rejects(self) -> list[str]:
        return [each.code for each in self.all(c.Reject)]

    @property
    def shown(self) -> Show:
        return self.told(stage.Show)[-1]
