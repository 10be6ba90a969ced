"""The kiosk as one machine without input or output: events in, commands out, `now` passed in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from cordee_kiosk.core import arrivals, events, words
from cordee_kiosk.core.agenda import Agenda, wakes_at
from cordee_kiosk.core.commands import (
    CloseGuest,
    Command,
    ForgetFact,
    ForgetFactsOf,
    KeepAgenda,
    KeepVisit,
    Reject,
    RestScreen,
    SayPrompt,
    TellStage,
)
from cordee_kiosk.core.facts import Facts
from cordee_kiosk.core.kept import Kept
from cordee_kiosk.core.keyboard import Keyboard
from cordee_kiosk.core.note import Note
from cordee_kiosk.core.trust import Signer
from cordee_kiosk.core.view import is_same, show_idle, show_visit
from cordee_kiosk.core.visit import WARM_BEFORE_S, Visit
from cordee_wire import stage
from cordee_wire.kiosk_link import (
    Agenda as AgendaTold,
)
from cordee_wire.kiosk_link import (
    AgendaEntry,
    FactApplied,
    Peer,
    Refused,
    Relayed,
    Welcome,
)

IDLE_NOTE_S = 120.0


class Machine:
    """What the kiosk knows and decides. `video_hosts`: whose own tools may get the camera here.

    `place` is the last welcome that was kept (its agenda lets the kiosk start without a server),
    `kept` the visit that was going on when the daemon was last there. `boot` is new at each start.
    """

    def __init__(
        self,
        *,
        place: Welcome,
        kept: Kept,
        boot: str,
        signer: Signer,
        roots: Mapping[str, str],
        video_hosts: Collection[str] = (),
    ) -> None:
        self._place = place
        self._agenda = Agenda(over=list(kept.over))
        self._agenda.replace(place.agenda)
        self._facts = Facts(boot=boot)
        self._signer = signer
        self._roots = roots
        self._video_hosts = frozenset(host.lower() for host in video_hosts)
        self._kept = kept
        self._visit: Visit | None = None
        self._is_link_up = self._is_stage_up = False
        self._shown: stage.Show | None = None
        self._note = Note()
        self._keyboard = Keyboard()
        self._resume = kept.entry
        self._next_at: float | None = None

    @property
    def visit(self) -> Visit | None:
        """The visit that is going on, or None."""
        return self._visit

    @property
    def deadline(self) -> float | None:
        """When Ticked has something to do; None: nothing is awaited but events."""
        waits = [
            self._visit.deadline() if self._visit else None,
            self._next_at,
            self._note.deadline,
        ]
        return min((at for at in waits if at is not None), default=None)

    def handle(self, event: events.Event, now: float) -> list[Command]:
        """Take one event and return what is to be done, in order."""
        commands = self._take(event, now)
        commands += self._advance(now)
        commands += self._keyboard.follow(self._visit)
        return commands + self._show(now)

    # --- events

    def _take(  # noqa: C901, PLR0911, PLR0912 - one arm an event
        self, event: events.Event, now: float
    ) -> list[Command]:
        match event:
            case events.Ticked():
                return []
            case events.LinkOpened(welcome=welcome):
                self._is_link_up = True
                self._place = welcome
                commands = self._replan(welcome.agenda, now)
                return [*commands, *(self._visit.call.link_up() if self._visit else [])]
            case events.LinkLost():
                self._is_link_up = False
                if self._visit is not None:
                    self._visit.call.link_lost()
                return []
            case events.ServerSaid(message=message):
                return self._server_said(message, now)
            case events.BrowserReady():
                return self._browser_ready(now)
            case events.BrowserLost(reason=reason):
                self._is_stage_up, self._shown = False, None
                if self._visit is not None:
                    self._visit.stage_lost()
                return [Reject("browser_lost", reason[:80])]
            case events.PageDelivered():
                return self._delivered(event, now)
            case events.StageTold(message=stage.HoleMoved() | stage.StageReady()):
                return []
            case events.SecretFocused() | events.KeyPressed():
                return self._keyboard.take(event)
            case events.StageTold(message=stage.SecretTyped() as message):
                return self._keyboard.touched(message)
            case events.GuestOpened() if self._visit is None:
                # It was asked for in a visit that is over.
                return [Reject("no_visit", "GuestOpened"), CloseGuest()]
            case _:
                if self._visit is None:
                    return [Reject("no_visit", type(event).__name__)]
                return arrivals.take(self._visit, event, now)

    def _delivered(self, event: events.PageDelivered, now: float) -> list[Command]:
        scanning = self._visit.scanning if self._visit else None
        if event.trouble:
            told = scanning.refused(event.page, now) if scanning else []
            return [Reject("page_refused", event.trouble[:40]), *told]
        fact = self._facts.note(event.visit, "uploaded", now, page=event.page)
        return [fact, *(scanning.delivered(event.page) if scanning else [])]

    def _server_said(  # noqa: PLR0911 - one arm a message
        self, message: object, now: float
    ) -> list[Command]:
        match message:
            case AgendaTold(entries=entries):
                return self._replan(entries, now)
            case FactApplied(boot=boot, seq=seq):
                return [ForgetFact(boot, seq)]
            case Refused(code="not_yours", about=visit) if visit:
                # A box set up anew on the server, a base restored from before: nothing will change.
                return [Reject("server_refused", "not_yours"), ForgetFactsOf(visit)]
            case Refused(code=code):
                return [Reject("server_refused", code[:40])]
            case Peer(visit=visit, role=role, instance=instance):
                if self._visit is None or self._visit.entry.visit != visit:
                    return [Reject("other_visit", "peer")]
                if role != "agent" or self._visit.is_over:
                    return []
                return self._visit.call.peer_is(instance, now)
            case Relayed(visit=visit):
                if self._visit is None or self._visit.entry.visit != visit or self._visit.is_over:
                    return [Reject("other_visit", "relayed")]
                return self._relayed(self._visit, message, now)
            case _:
                return [Reject("out_of_place", type(message).__name__)]

    def _relayed(self, visit: Visit, message: Relayed, now: float) -> list[Command]:
        commands = visit.call.relayed(message, now)
        if any(isinstance(each, Reject) and each.code == "fingerprint" for each in commands):
            commands += self._facts.rejected(visit.entry.visit, "fingerprint", now)
        return commands

    def _browser_ready(self, now: float) -> list[Command]:
        was_up, self._is_stage_up, self._shown = self._is_stage_up, True, None
        if self._visit is None:
            return []
        if was_up:
            # The page was loaded anew under us: what it held is gone.
            self._visit.stage_lost()
        return self._visit.stage_up(now)

    # --- the agenda and the hour

    def _replan(self, entries: list[AgendaEntry], now: float) -> list[Command]:
        self._place = Welcome(
            now=now, site=self._place.site, phone=self._place.phone, agenda=entries
        )
        self._agenda.replace(entries)
        commands: list[Command] = [self._keep_agenda()]
        visit = self._visit
        if visit is None or visit.is_over or visit.was_live:
            # Once the faces have met the kiosk prevails over a cancellation (DESIGN 5.10).
            return commands + self._updated(visit)
        entry = self._agenda.find(visit.entry.visit)
        if entry is None:
            return commands + self._cancelled(visit, now)
        if (entry.starts_at, entry.video_url) != (visit.entry.starts_at, visit.entry.video_url):
            return commands + self._wipe(visit, now, is_over=False)
        return commands + self._updated(visit)

    def _updated(self, visit: Visit | None) -> list[Command]:
        entry = self._agenda.find(visit.entry.visit) if visit is not None else None
        if visit is None or visit.is_over or entry is None:
            return []
        is_same = entry == visit.entry
        visit.update(entry, self._agenda.ends_hard_at(entry))
        if is_same:
            return []
        return self._keep(Kept(entry=entry, is_live=visit.was_live, over=self._agenda.over))

    def _cancelled(self, visit: Visit, now: float) -> list[Command]:
        self._note.show(words.CANCELLED, until=now + IDLE_NOTE_S)
        commands: list[Command] = [TellStage(stage.HangUp()), *visit.call.leave()]
        return [*commands, *self._wipe(visit, now), SayPrompt(0, words.CANCELLED)]

    def _advance(self, now: float) -> list[Command]:
        commands: list[Command] = []
        self._note.tick(now)
        if self._visit is not None:
            commands += self._advance_visit(self._visit, now)
        if self._visit is None:
            commands += self._begin(now)
        visit = self._visit
        # What is due only once the visit that is going on is over wakes nobody before that.
        self._next_at = self._agenda.next_wake(now) if visit is None else None
        if visit is not None and visit.is_over:
            self._next_at = self._clear_at(now)
        return commands

    def _advance_visit(self, visit: Visit, now: float) -> list[Command]:
        commands = visit.advance(now)
        if visit.is_over and self._kept.entry is not None:
            self._agenda.close(visit.entry.visit)
            commands += self._keep(Kept(over=self._agenda.over))
        elif visit.was_live and not visit.is_over and not self._kept.is_live:
            commands += self._keep(Kept(entry=visit.entry, is_live=True, over=self._agenda.over))
        if visit.is_over:
            clear_at = self._clear_at(now)
            if clear_at is not None and now >= clear_at:
                visit.farewell.cut_short(now)
            if visit.farewell.is_read(now):
                commands += self._wipe(visit, now)
        return commands

    def _clear_at(self, now: float) -> float | None:
        """Return when the next visit needs the kiosk, whatever is still on the screen."""
        starts = self._agenda.next_start(now)
        return None if starts is None else starts - WARM_BEFORE_S - 1

    def _wipe(self, visit: Visit, now: float, *, is_over: bool = True) -> list[Command]:
        if is_over:
            self._agenda.close(visit.entry.visit)
        self._visit = None
        wiped = [self._facts.note(visit.entry.visit, "wiped", now)] if is_over else []
        return [
            TellStage(stage.HangUp()),
            CloseGuest(),
            *visit.attaching.forget(),
            *self._keep(Kept(over=self._agenda.over)),
            self._keep_agenda(),
            *wiped,
            RestScreen(),
        ]

    def _keep_agenda(self) -> KeepAgenda:
        """Write the agenda down without those whose visit is over: the box forgets them."""
        still = [entry for entry in self._place.agenda if entry.visit not in self._agenda.over]
        return KeepAgenda(msgspec.structs.replace(self._place, agenda=still))

    def _begin(self, now: float) -> list[Command]:
        resumed, self._resume = self._resume, None
        entry = self._taken_up(resumed, now) or self._agenda.due(now)
        if entry is None:
            return self._keep(Kept(over=self._agenda.over)) if resumed is not None else []
        is_resumed = resumed is not None and resumed.visit == entry.visit
        visit = Visit(
            entry=entry,
            facts=self._facts,
            signer=self._signer,
            roots=self._roots,
            ends_hard_at=self._agenda.ends_hard_at(entry),
            was_live=is_resumed and self._kept.is_live,
            is_resumed=is_resumed,
            video_hosts=self._video_hosts,
        )
        self._visit = visit
        self._note.clear()
        commands: list[Command] = []
        if not is_resumed:
            commands += self._keep(Kept(entry=entry, over=self._agenda.over))
        if self._is_stage_up:
            commands += visit.stage_up(now)
        if self._is_link_up:
            commands += visit.call.link_up()
        return [*commands, *self._advance_visit(visit, now)]

    def _taken_up(self, resumed: AgendaEntry | None, now: float) -> AgendaEntry | None:
        if resumed is None or resumed.visit in self._agenda.over:
            return None
        entry = self._agenda.find(resumed.visit) or (resumed if self._kept.is_live else None)
        if entry is None or not wakes_at(entry) <= now < self._agenda.ends_hard_at(entry):
            return None
        return entry

    def _keep(self, kept: Kept) -> list[Command]:
        self._kept = kept
        return [KeepVisit(kept)]

    # --- the screen

    def _show(self, now: float) -> list[Command]:
        if not self._is_stage_up:
            return []
        if self._visit is None:
            next_at = self._agenda.next_start(now)
            shown = show_idle(self._place, now=now, next_at=next_at, note=self._note.text)
        else:
            shown = self._keyboard.shown(show_visit(self._place, self._visit, now=now))
        if is_same(self._shown, shown):
            return []
        self._shown = shown
        return [TellStage(shown)]
