"""Runs the core in the world: feeds it what the devices say, carries out what it commands.

Commands are carried out one after the other; what takes long (verbs, prompts, scans, the guest)
runs beside and comes back as an event. Nothing is decided here.
"""

from __future__ import annotations

import asyncio
import base64
import time
import uuid
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import structlog

from cordee_kiosk import browsing, ports
from cordee_kiosk.asides import Asides
from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core.machine import Machine
from cordee_kiosk.devices import Devices
from cordee_kiosk.heard import heard_of_guest
from cordee_kiosk.paperwork import Paperwork
from cordee_kiosk.strokes import hand_on
from cordee_kiosk.to_do import SendFacts, Task, ToDo, is_of_mirror, is_scan, is_verb
from cordee_wire import control, kiosk_link, stage

TELL_WITHIN_S = 5.0
BROWSER_AGAIN_AFTER_S = 1.0
BROWSER_START_WITHIN_S = 30.0
STOP_KEY_AGAIN_AFTER_S = 10.0
TIME_QUICK, TIME_QUICK_EVERY_S, TIME_EVERY_S = 5, 0.05, 60.0
SLEEP_MOST_S = 30.0
OVERDUE_WAIT_S = 0.05
CANCEL_AGAIN_AFTER_S = 0.5
_log = structlog.get_logger()


class Shell:
    """One kiosk's daemon. `run` returns when it is cancelled, with every device closed."""

    def __init__(self, machine: Machine, devices: Devices) -> None:
        self._machine = machine
        self._on = devices
        self._browser: browsing.Browser | None = None
        self._to_do = ToDo()
        self._timer: asyncio.TimerHandle | None = None
        self._was_overdue = False
        self._parts: set[asyncio.Task[None]] = set()
        self._asides = Asides()
        self._paperwork = Paperwork(devices, self._take)
        self._scan: asyncio.Task[None] | None = None
        self._view = ""
        self._line_said = "good"

    async def run(self) -> None:
        """Run until cancelled. A defect in any part ends the whole (systemd starts it again)."""
        try:
            self._take(e.Ticked())
            for part in (
                self._run_commands,
                self._run_link,
                self._run_browser,
                self._run_stop_key,
                self._run_keys,
                self._run_post,
                self._run_time,
            ):
                self._parts.add(asyncio.create_task(part(), name=part.__name__))
            ended, _ = await asyncio.wait(self._parts, return_when=asyncio.FIRST_COMPLETED)
            for part_ended in ended:
                part_ended.result()
        finally:
            await self._close()

    async def _close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        while going := {task for task in self._parts | self._asides.tasks if not task.done()}:
            # asyncio.wait_for of Python 3.11 may swallow a cancellation: ask until it is heard.
            for task in going:
                task.cancel()
            await asyncio.wait(going, timeout=CANCEL_AGAIN_AFTER_S)
        if self._browser is not None:
            await self._browser.close()
        await self._on.stop_key.close()
        await self._on.link.close()
        await self._on.post.close()

    # --- events in

    def _take(self, event: e.Event) -> None:
        """Feed one event and queue what follows from it."""
        now = self._on.clock.now()
        for command in self._machine.handle(event, now):
            if not self._is_ended(command):
                self._to_do.put(command)
        self._arm()

    def _is_ended(self, command: c.Command) -> bool:
        """Carry out at once what ends an act: Stop waits for nothing that came before it.

        What was still to be done of that act is taken out of the queue.
        """
        match command:
            case c.HaltScan():
                self._to_do.take_back(is_scan)
                if self._scan is not None:
                    self._scan.cancel()
            case c.HaltVerbs():
                for each in self._to_do.take_back(is_verb):
                    if isinstance(each, c.DoVerb):
                        self._take(_stopped(each.verb))
                self._asides.start(self._guarded(lambda browser: browser.halt()))
            case c.TurnMirror(is_on=False):
                self._to_do.take_back(is_of_mirror)
                self._asides.start(self._guarded(lambda browser: browser.mirror(is_on=False)))
            case _:
                return False
        return True

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self._machine.deadline
        if deadline is None:
            return
        wait_s = deadline - self._on.clock.now()
        if wait_s > 0:
            self._was_overdue = False
        elif self._was_overdue:
            # The core was just asked and did not move its deadline: do not spin.
            wait_s = OVERDUE_WAIT_S
        # Long sleeps are cut up, as the clock may be corrected meanwhile.
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(max(wait_s, 0), SLEEP_MOST_S), self._tick)

    def _tick(self) -> None:
        self._timer = None
        deadline = self._machine.deadline
        if deadline is not None and self._on.clock.now() >= deadline:
            self._was_overdue = True
            self._take(e.Ticked())
        else:
            self._arm()

    async def _run_link(self) -> None:
        async for event in self._on.link.events():
            match event:
                case ports.LinkUp(welcome=welcome):
                    _log.info("link_up")
                    self._on.clock.hint(welcome.now)
                    self._take(e.LinkOpened(welcome))
                    self._to_do.put(SendFacts())
                    self._on.post.wake()
                    self._asides.start(self._ask_time(TIME_QUICK))
                case ports.LinkDown(reason=reason):
                    _log.info("link_down", reason=reason)
                    self._take(e.LinkLost())
                case ports.LinkSaid(message=kiosk_link.TimeTold(sent=sent, now=server_now)):
                    self._on.clock.told(sent=sent, server_now=server_now)
                    self._arm()
                case ports.LinkSaid(message=message):
                    self._take(e.ServerSaid(message))

    async def _run_time(self) -> None:
        while True:
            await asyncio.sleep(TIME_EVERY_S)
            await self._ask_time(1)

    async def _ask_time(self, count: int) -> None:
        for _ in range(count):
            await self._on.link.send(kiosk_link.TimeAsked(sent=self._on.clock.stamp()))
            await asyncio.sleep(TIME_QUICK_EVERY_S)

    async def _run_browser(self) -> None:
        while True:
            browser = self._on.make_browser()
            reason = "closed"
            try:
                async with asyncio.timeout(BROWSER_START_WITHIN_S):
                    await browser.start()
                self._browser = browser
                self._take(e.BrowserReady())
                reason = await self._read_browser(browser)
            except Exception as error:  # noqa: BLE001 - whatever Chromium does, the daemon goes on
                reason = f"{type(error).__name__}: {error}"
            finally:
                self._browser = None
                await browser.close()
            _log.warning("browser_gone", reason=reason)
            self._take(e.BrowserLost(reason))
            await asyncio.sleep(BROWSER_AGAIN_AFTER_S)

    async def _read_browser(self, browser: browsing.Browser) -> str:
        is_first = True
        async for event in browser.events():
            match event:
                case browsing.BrowserGone(reason=reason):
                    return reason
                case browsing.StageSaid(message=stage.StageReady()):
                    # `start` has waited for the first; another one is a page loaded anew.
                    if not is_first:
                        self._take(e.BrowserReady())
                    is_first = False
                case browsing.StageSaid(message=stage.MirrorHeard() as heard):
                    browser.mirror_heard(heard.epoch, heard.bytes)
                case browsing.StageSaid(message=message):
                    self._take(e.StageTold(self._heard(message)))
                case browsing.GuestOffered(pdf=pdf):
                    name = uuid.uuid4().hex
                    self._on.papers.offer(name, pdf)
                    self._take(e.DocumentOffered(name, len(pdf)))
                case _:
                    self._take(heard_of_guest(event))
        return "closed"

    def _heard(self, message: msgspec.Struct) -> msgspec.Struct:
        """Note what the page says of devices, and bring its own clock to the corrected one."""
        if isinstance(message, stage.LineMeasured):
            self._on.post.line_is(message)
        if isinstance(message, stage.CameraState):
            _log.info("camera", state=message.state, at=self._on.clock.now())
        if not isinstance(message, stage.FaceDecoded):
            return message
        at = self._on.clock.now() - (time.time() - message.at)
        _log.info("face_decoded", at=at, colour=message.colour)
        return msgspec.structs.replace(message, at=at)

    async def _run_stop_key(self) -> None:
        while True:
            try:
                async for _ in self._on.stop_key.presses():
                    self._take(e.StopPressed())
            except ports.Unavailable as error:
                _log.warning("stop_key_missing", reason=str(error))
            await asyncio.sleep(STOP_KEY_AGAIN_AFTER_S)

    async def _run_keys(self) -> None:
        async for key in self._on.stop_key.keys():
            self._take(e.KeyPressed(key.text, key.name, key.shift))

    async def _run_post(self) -> None:
        async for delivered in self._on.post.delivered():
            self._take(e.PageDelivered(delivered.page, delivered.visit, delivered.trouble))

    # --- commands out

    async def _run_commands(self) -> None:
        while True:
            await self._carry_out(await self._to_do.next())

    async def _carry_out(self, command: Task) -> None:  # noqa: C901, PLR0912 - one arm a command
        match command:
            case c.TellStage(message=message):
                await self._tell(message)
            case c.TellServer(message=message):
                await self._on.link.send(message)
            case c.NoteFact(fact=fact):
                _log.info("fact", kind=fact.kind, visit=fact.visit, at=fact.at, **fact.detail)
                self._on.spool.add(fact)
                await self._on.link.send(fact)
            case c.ForgetFact(boot=boot, seq=seq):
                self._on.spool.forget(boot, seq)
            case c.ForgetFactsOf(visit=visit):
                for fact in self._on.spool.forget_visit(visit):
                    _log.warning("fact_dropped", visit=visit, kind=fact.kind, at=fact.at)
            case SendFacts():
                for fact in self._on.spool.waiting():
                    await self._on.link.send(fact)
            case c.SayPrompt(id=prompt, text=text):
                self._asides.start(self._speak(prompt, text))
            case c.WakeScreen():
                self._asides.start(self._on.screen.wake())
            case c.RestScreen():
                self._asides.start(self._on.screen.rest())
            case c.OpenGuest():
                self._asides.start(self._open_guest(command))
            case c.HoldKeyboard() | c.TypeSecret() | c.PressOnStage():
                hand_on(command, keyboard=self._on.stop_key, browser=self._browser)
            case c.CloseGuest():
                await self._close_guest()
            case c.TurnMirror():
                await self._guarded(lambda browser: browser.mirror(is_on=True))
            case c.TurnPicture():
                await self._guarded(lambda browser: browser.picture())
            case c.DoVerb(verb=verb):
                # Not waited for: the browser keeps the order, and answers when each is known.
                self._asides.start(self._do(verb))
            case c.AnswerInMirror(done=done):
                if self._browser is None or not self._browser.answer(done.id):
                    self._take(e.AnswerUntold(done))
            case c.ScanPage(id=scan_id, entry=entry):
                self._scan = self._asides.start(self._paperwork.scan(scan_id, entry))
            case c.ForgetPapers():
                self._on.papers.forget()
            case c.SealDocument(id=scan_id, document=name, entry=entry):
                self._scan = self._asides.start(self._paperwork.seal(scan_id, name, entry))
            case c.KeepVisit(kept=kept):
                self._on.memory.keep_visit(kept)
            case c.KeepAgenda(welcome=welcome):
                self._on.memory.keep_agenda(welcome)
            case c.Reject(code=code, about=about):
                _log.info("rejected", code=code, about=about)

    async def _tell(self, message: stage.ToStage) -> None:
        if isinstance(message, stage.Show) and message.view != self._view:
            self._view = message.view
            _log.info("shows", view=message.view, at=message.now)
        if isinstance(message, stage.Show) and message.line != self._line_said:
            self._line_said = message.line
            _log.info("line_said", line=message.line, at=message.now)
        await self._guarded(lambda browser: browser.tell(message))

    async def _guarded(self, act: Callable[[browsing.Browser], Coroutine[Any, Any, None]]) -> None:
        """Do something with the browser; one that hangs must not hold up what comes next."""
        browser = self._browser
        if browser is None:
            return
        try:
            async with asyncio.timeout(TELL_WITHIN_S):
                await act(browser)
        except Exception as error:  # noqa: BLE001 - whatever Chromium does, the daemon goes on
            _log.warning("browser_silent", reason=type(error).__name__)

    async def _close_guest(self) -> None:
        """Close the guest, or else Chromium: what follows may say that nothing is left."""
        browser = self._browser
        if browser is None:
            return
        try:
            async with asyncio.timeout(TELL_WITHIN_S):
                await browser.close_guest()
        except Exception as error:  # noqa: BLE001 - whatever Chromium does, the guest ends
            _log.error("guest_not_closed", reason=type(error).__name__)
            await browser.close()

    async def _speak(self, prompt: int, text: str) -> None:
        try:
            wav = await self._on.voice.say(text)
        except ports.Unavailable as error:
            _log.warning("voice_missing", reason=str(error))
            if prompt:
                self._take(e.VoiceFailed(prompt))
            return
        spoken = stage.Speak(id=prompt, text=text, wav=base64.b64encode(wav).decode())
        self._to_do.put(c.TellStage(spoken))

    async def _open_guest(self, asked: c.OpenGuest) -> None:
        browser = self._browser
        if browser is None:
            self._take(
                e.GuestOpened(
                    "failed",
                    "La borne rouvre la page. Attendez quelques secondes, puis recommencez.",
                )
            )
            return
        try:
            await browser.open_guest(
                url=asked.url,
                allowed_hosts=asked.allowed_hosts,
                camera_for=asked.camera_for,
                blind_rules=asked.blind_rules,
            )
        except ports.Unavailable as error:
            self._take(e.GuestOpened(error.code, str(error)))
        else:
            self._take(e.GuestOpened())

    async def _do(self, verb: control.Verb) -> None:
        browser = self._browser
        if browser is None:
            message = "La borne rouvre la page. Attendez quelques secondes, puis recommencez."
            done = control.Done(id=verb.id, ok=False, code="failed", message=message)
        else:
            pages = verb.pages if isinstance(verb, control.Attach) else []
            done = await browser.do(verb, self._on.papers.take(pages))
        self._take(e.VerbAnswered(verb, done))


def _stopped(verb: control.Verb) -> e.VerbAnswered:
    message = "C’est arrêté : vous n’avez plus la main. Demandez-la de nouveau si besoin."
    done = control.Done(id=verb.id, ok=False, code="no_grant", message=message)
    return e.VerbAnswered(verb, done)
