"""One visit at the kiosk, from waking to wiping: when what happens, and who may end it.

Composed of Call (the connection), Control (leave and guest) and Scanning (papers); in a visit held
in the partner's own tool, OwnTool stands in for the first two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cordee_kiosk.core import words
from cordee_kiosk.core.attaching import Attaching
from cordee_kiosk.core.call import Call, Line
from cordee_kiosk.core.commands import (
    Command,
    Reject,
    SayPrompt,
    TellStage,
    TurnMirror,
    WakeScreen,
)
from cordee_kiosk.core.control import Control, say
from cordee_kiosk.core.documents import Documents
from cordee_kiosk.core.events import GuestOpened
from cordee_kiosk.core.facts import Facts
from cordee_kiosk.core.farewell import Farewell
from cordee_kiosk.core.line_word import LineWord
from cordee_kiosk.core.note import Note
from cordee_kiosk.core.own_tool import OwnTool
from cordee_kiosk.core.phase import BEFORE, OVER, Phase
from cordee_kiosk.core.scan import Scanning
from cordee_kiosk.core.trust import Signer
from cordee_wire import control, stage
from cordee_wire.kiosk_link import AgendaEntry

WARM_BEFORE_S = 30.0
CAMERA_BEFORE_S = 10.0
SAY_LATE_AFTER_S = 5.0
APOLOGY_AFTER_S = 900.0
LIVE_WITHIN_S = 5.0
ASK_END_S = 60.0
NOTE_S = 15.0
WARN_BEFORE_END_S = 120.0
THANKS_S = 20.0
APOLOGY_S = 60.0

_DARK = 12


@dataclass
class Visit:
    """`was_live` of a visit taken up again: the faces have met before the daemon was killed."""

    entry: AgendaEntry
    facts: Facts
    signer: Signer
    roots: Mapping[str, str]
    ends_hard_at: float
    was_live: bool = False
    is_resumed: bool = False
    video_hosts: Collection[str] = ()

    def __post_init__(self) -> None:
        self.call = Call(
            entry=self.entry, boot=self.facts.boot, signer=self.signer, roots=self.roots
        )
        self.control = Control(entry=self.entry, facts=self.facts)
        self.scanning = Scanning(entry=self.entry, facts=self.facts)
        self.note = Note()
        self.attaching = Attaching(self.control, self.facts)
        self.documents = Documents(self.control, self.scanning, self.note)
        self.tool: OwnTool | None = None
        if self.entry.video_url:
            self.tool = OwnTool(entry=self.entry, facts=self.facts, hosts=self.video_hosts)
        self.phase = Phase.CALL if self.was_live else Phase.WELCOME
        self.is_cut = self.was_live and self.tool is None
        self.line_word = LineWord()
        self.asks_end = False
        self.camera_covered = False
        self._ask_until = 0.0
        self._is_woken = self._has_begun = self._is_camera_asked = False
        self._is_stage_up = False
        self._line, self._is_attached = self.call.line, False
        self._live_by: float | None = None
        self._face_seen = self._late_said = self._is_warned = self._had_grants = False
        self.farewell = Farewell()

    # --- what the machine asks

    @property
    def is_over(self) -> bool:
        """Whether nothing of it can happen any more; what is left is thanks and wiping."""
        return self.phase in OVER

    @property
    def is_live(self) -> bool:
        """Whether picture and sound go both ways now."""
        return self._is_attached and self.call.is_joined

    def update(self, entry: AgendaEntry, ends_hard_at: float) -> None:
        """Take over what may change: certificates, credentials, the end."""
        self.entry = self.call.entry = self.control.entry = self.scanning.entry = entry
        if self.tool is not None:
            self.tool.entry = entry
        self.ends_hard_at = ends_hard_at

    def deadline(self) -> float | None:
        """Return when `advance` has something to do next."""
        if self.is_over:
            return self.farewell.deadline
        starts_at = self.entry.starts_at
        is_attaching = self._is_attached and self.call.line is Line.UP
        waits = [
            None if self._has_begun else starts_at - WARM_BEFORE_S,
            None if self._is_camera_asked or not self._is_stage_up else starts_at - CAMERA_BEFORE_S,
            starts_at if self.phase in (Phase.WELCOME, Phase.COUNTDOWN) else None,
            None if self._late_said or self.was_live or self.tool else starts_at + SAY_LATE_AFTER_S,
            None if self.was_live or is_attaching else starts_at + APOLOGY_AFTER_S,
            self._live_by,
            self._ask_until if self.asks_end else None,
            self.note.deadline,
            None if self._is_warned else self.ends_hard_at - WARN_BEFORE_END_S,
            self.ends_hard_at,
            self.call.deadline,
            self.control.deadline,
            self.scanning.deadline,
            self.attaching.deadline,
            self.tool.again_at if self.tool and self._is_stage_up and not self.asks_end else None,
        ]
        return min(at for at in waits if at is not None)

    # --- time

    def advance(self, now: float) -> list[Command]:
        """Do what the hour and the line ask for. Called after every event."""
        if self.is_over:
            return self.farewell.tick(now)
        commands = self._wake(now) + self._open(now)
        commands += self.call.tick(now) + self.control.tick(now) + self.scanning.tick(now)
        commands += self.attaching.tick(now)
        commands += self._follow_line(now)
        commands += self._start(now) if self.tool is None else self._start_tool(self.tool, now)
        self.note.tick(now)
        if self.asks_end and now >= self._ask_until:
            if self.phase in BEFORE:
                return [*commands, *self.decline(now)]
            if self.tool is not None:
                # The page was closed by Stop: silence must not open the camera again.
                return [*commands, *self.end("citizen", now)]
            self.asks_end = False
        if now >= self.ends_hard_at:
            return [*commands, *self._run_out(now)]
        if not self._is_warned and now >= self.ends_hard_at - WARN_BEFORE_END_S:
            self._is_warned = True
            if self.was_live:
                self._noted(words.ENDING_SOON, now)
        return commands

    def _wake(self, now: float) -> list[Command]:
        if self._is_woken:
            return []
        self._is_woken = True
        if self.is_resumed:
            return [WakeScreen()]
        said = words.welcome if self.tool is None else words.tool_welcome
        return [WakeScreen(), self._fact("woken", now), SayPrompt(0, said(self.entry))]

    def _open(self, now: float) -> list[Command]:
        commands: list[Command] = []
        if not self._has_begun and now >= self.entry.starts_at - WARM_BEFORE_S:
            self._has_begun = True
            if self.phase is Phase.WELCOME:
                self.phase = Phase.COUNTDOWN
            commands += [] if self.tool is not None else self.call.begin(now)
        is_time = now >= self.entry.starts_at - CAMERA_BEFORE_S
        if is_time and self._is_stage_up and not self._is_camera_asked:
            self._is_camera_asked = True
            if self.tool is None:
                commands.append(TellStage(stage.OpenCamera()))
            if now < self.entry.starts_at:
                said = words.countdown if self.tool is None else words.tool_countdown
                commands.append(SayPrompt(0, said(self.entry)))
        return commands

    def _start(self, now: float) -> list[Command]:
        if now < self.entry.starts_at:
            return []
        if self.call.line is Line.UP and not self._is_held:
            is_overdue = self._live_by is not None and now >= self._live_by
            return self._go_live(now) if not self._is_attached or is_overdue else []
        if self.was_live:
            return []
        if now >= self.entry.starts_at + APOLOGY_AFTER_S:
            return self._apologise(now)
        self.phase = Phase.LATE
        if not self._late_said and now >= self.entry.starts_at + SAY_LATE_AFTER_S:
            self._late_said = True
            return [] if self._is_held else [SayPrompt(0, words.late(self.entry))]
        return []

    def _start_tool(self, tool: OwnTool, now: float) -> list[Command]:
        if now < self.entry.starts_at:
            return []
        if not self.was_live and now >= self.entry.starts_at + APOLOGY_AFTER_S:
            return self._apologise(now)
        if self.phase is not Phase.CALL:
            self.phase = Phase.LATE if self.asks_end or not self._is_stage_up else Phase.CALL
        return tool.open(now) if self._is_stage_up and not self.asks_end else []

    @property
    def _is_held(self) -> bool:
        """Stop was pressed before the faces met: nothing starts until that is answered."""
        return self.asks_end and self.phase in BEFORE

    def _go_live(self, now: float) -> list[Command]:
        self._is_attached, self._live_by = True, now + LIVE_WITHIN_S
        self.phase = Phase.CALL
        self._late_said = True
        return [TellStage(stage.GoLive()), say(control.Live(at=now))]

    def _follow_line(self, now: float) -> list[Command]:
        # A silence is not yet a cut: leave given stays, and what was said on the way arrives.
        before, after = self._line, Line.UP if self.call.is_joined else self.call.line
        self._line = after
        if before is after:
            return []
        if after is Line.UP:
            if self._is_attached:
                return self._resumed(now)
            code = self.call.code
            return [] if self.was_live else [self._fact("warmed", now, code=code)]
        was_attached = self._is_attached
        if after is not Line.DOWN:
            self._is_attached = False
        self._live_by = None
        if before is not Line.UP or not was_attached or self.is_cut:
            return []
        self.is_cut = True
        self._face_seen = False
        self._had_grants = bool(self.control.grants)
        return [
            *self.scanning.halt(now),
            *self.control.revoke_all("cut", now),
            self._fact("cut", now),
            SayPrompt(0, words.cut()),
        ]

    def _resumed(self, now: float) -> list[Command]:
        self.is_cut = False
        if self._had_grants:
            self._had_grants = False
            self._noted(words.ask_again(self.entry), now)
        return [self._fact("resumed", now)]

    # --- the stage

    def guest_opened(self, event: GuestOpened, now: float) -> list[Command]:
        """Note that the guest is there; in the partner's own tool this is the call."""
        if self.tool is None:
            return self.control.guest_opened(event, now)
        commands = self.tool.opened(event, now)
        if not self.tool.is_open or self.was_live:
            return commands
        self.was_live = True
        return [*commands, self._fact("live", now, lateness_s=round(now - self.entry.starts_at, 3))]

    def stage_up(self, now: float) -> list[Command]:
        """Negotiate and open the camera in the new stage."""
        self._is_stage_up = True
        return self.call.stage_up(now)

    def stage_lost(self) -> None:
        """Forget what was in the browser; the cut is noted by `advance`."""
        self._is_stage_up = self._is_camera_asked = False
        self.call.stage_lost()
        self.control.guest_lost()
        if self.tool is not None:
            self.tool.lost()

    def went_live(self, now: float) -> list[Command]:
        """Note that the tracks are attached."""
        self._live_by = None
        if not self._is_attached:
            return [Reject("live_unasked")]
        if self.was_live:
            return self._resumed(now) if self.is_cut else []
        self.was_live = True
        return [self._fact("live", now, lateness_s=round(now - self.entry.starts_at, 3))]

    def face_decoded(self, message: stage.FaceDecoded, now: float) -> list[Command]:
        """Note the first live frame of the other end, once a connection.

        A frame from before the hour stays refused, however late the stage tells of it.
        """
        if min(now, message.at) < self.entry.starts_at or not self._is_attached:
            return [Reject("face_unasked")]
        if self._face_seen:
            return []
        self._face_seen = True
        lateness_s = round(message.at - self.entry.starts_at, 3)
        return [self._fact("face_decoded", message.at, lateness_s=lateness_s)]

    def camera_is(self, message: stage.CameraState, now: float) -> None:
        """Note whether there is a picture, and whether something covers the camera."""
        if message.state in ("refused", "missing") and not self.is_over:
            self._noted(words.NO_CAMERA, now)
        self.camera_covered = message.state == "opened" and max(message.colour or [255]) < _DARK

    def line_measured(self, message: stage.LineMeasured) -> None:
        """Note what is to be said of the line."""
        self.line_word.take(message)

    # --- the citizen

    def stop(self, how: str, now: float) -> list[Command]:
        """End what is given or asked at once; with nothing given, ask whether to end."""
        if self.is_over:
            return [Reject("over")]
        if self.control.grants or self.control.request or self.scanning.state:
            self._noted(words.STOPPED, now)
            return [
                *self.control.revoke_all(how, now),
                *self.scanning.halt(now),
                say(control.Stopped(how=how)),
            ]
        self.asks_end = True
        self._ask_until = max(now, self.entry.starts_at) + ASK_END_S
        # Only the page's end surely ends what it does with the camera.
        return self.tool.close() if self.tool is not None else []

    def touched(  # noqa: PLR0911 - one arm a touch
        self, message: stage.Touched, now: float
    ) -> list[Command]:
        """Take a touch on the stage."""
        match message.what:
            case "yes":
                return self.control.answered(message.request, now, is_yes=True)
            case "no":
                commands = self.control.answered(message.request, now, is_yes=False)
                if self.control.request is None and not isinstance(commands[0], Reject):
                    self._noted(words.REFUSED, now)
                return commands
            case "stop":
                return self.stop("touch", now)
            case "end_no" if self.asks_end:
                self.asks_end = False
                return []
            case "end_yes" if self.asks_end and self.phase is Phase.CALL:
                return self.end("citizen", now)
            case "end_yes" | "not_now" if self.phase in BEFORE:
                return self.decline(now)
            case _:
                return [Reject("touch_out_of_place", message.what[:20])]

    # --- the end

    def decline(self, now: float) -> list[Command]:
        """The citizen does not want the call: nothing has been sent."""
        fact = self._fact("declined", now)
        return [fact, *self._finish(Phase.DECLINED, "citizen", now, THANKS_S)]

    def end(self, by: str, now: float) -> list[Command]:
        """End the visit for good. `by`: agent, citizen, time."""
        commands = [*self.scanning.halt(now), *self.control.revoke_all("ended", now)]
        commands += [self._fact("ended", now, by=by), SayPrompt(0, words.thanks())]
        return [*commands, *self._finish(Phase.THANKS, by, now, THANKS_S)]

    def _run_out(self, now: float) -> list[Command]:
        return self.end("time", now) if self.was_live else self._apologise(now)

    def _apologise(self, now: float) -> list[Command]:
        fact = self._fact("unanswered", now)
        said = words.apology if self.tool is None else words.tool_apology
        spoken = SayPrompt(0, said(self.entry))
        return [fact, spoken, *self._finish(Phase.APOLOGY, "time", now, APOLOGY_S)]

    def _finish(self, phase: Phase, by: str, now: float, stays_s: float) -> list[Command]:
        self.phase, self.asks_end = phase, False
        self.note.clear()
        self.farewell.begin(now, stays_s=stays_s)
        self._is_attached, self._live_by = False, None
        if self.tool is not None:
            self.tool.lost()
        return [
            say(control.Ended(by=by)),
            TellStage(stage.Hold()),
            TurnMirror(is_on=False),
            *self.control.close_guest(),
            *self.attaching.forget(),
            *self.call.leave(),
        ]

    # --- private

    def _noted(self, text: str, now: float) -> None:
        self.note.show(text, until=now + NOTE_S)

    def _fact(self, kind: str, now: float, **detail: str | float) -> Command:
        return self.facts.note(self.entry.visit, kind, now, **detail)
