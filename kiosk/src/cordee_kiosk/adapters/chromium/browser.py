"""The kiosk's Chromium: one stage, at most one guest, behind `browsing.Browser`."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import structlog

from cordee_kiosk import browsing, ports
from cordee_kiosk.adapters.chromium import process
from cordee_kiosk.adapters.chromium.allow_list import AllowList
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut
from cordee_kiosk.adapters.chromium.guest import Guest, GuestHandlers
from cordee_kiosk.adapters.chromium.guest_scripts import GuestScripts
from cordee_kiosk.adapters.chromium.paper_files import PaperFiles
from cordee_kiosk.adapters.chromium.secret_keyboard import (
    SecretKeyboard,
    press_stage,
    with_rules,
)
from cordee_kiosk.adapters.chromium.showing import Showing
from cordee_kiosk.adapters.chromium.stage_host import StageHost
from cordee_kiosk.adapters.chromium.stand import Stand, WindowLost
from cordee_kiosk.adapters.chromium.starting import NOT_STARTED, in_words, measure
from cordee_kiosk.adapters.chromium.targets import Targets
from cordee_kiosk.adapters.chromium.verbs import Verbs
from cordee_kiosk.adapters.chromium.window import Box
from cordee_kiosk.adapters.chromium.worlds import World
from cordee_wire import control, stage

PACKAGED_STAGE = Path(__file__).parents[2] / "stage"
EVENTS_WAITING_MOST = 8192
_log = structlog.get_logger(__name__)


class ChromiumBrowser:
    """Chromium over its pipe.

    `stage_dir` is the folder served as the stage (with `recorder.js` and `hook.js`, else those of
    the package). `no_sandbox` is for tests that run as root. `language` (BCP 47) is Chromium's own
    and what sites are asked for.
    """

    def __init__(
        self,
        *,
        binary: str,
        display: str,
        profile_dir: Path,
        extra_flags: list[str],
        no_sandbox: bool = False,
        stage_dir: Path | None = None,
        language: str = "fr-FR",
    ) -> None:
        self._binary = binary
        self._display = display
        self._profile_dir = profile_dir
        self._extra_flags = extra_flags
        self._no_sandbox = no_sandbox
        self._stage_dir = stage_dir or PACKAGED_STAGE
        self._language = language
        self._events: asyncio.Queue[browsing.BrowserEvent | None] = asyncio.Queue()
        self._process: process.ChromiumProcess | None = None
        self._cdp = Cdp(when_closed=lambda: self._fail("Chromium ended"))
        self._targets: Targets | None = None
        self._stage: StageHost | None = None
        self._stand = Stand(display)
        self._guest: Guest | None = None
        self._verbs: Verbs | None = None
        self._secret: SecretKeyboard | None = None
        self._stage_session = ""
        self._address = ""
        self._showing = Showing(
            self._cdp, guest=lambda: self._guest, emit=self._emit, tell=self.tell
        )
        self._files = PaperFiles(profile_dir)
        self._is_closed = False
        self._losing: asyncio.Future[None] | None = None

    @property
    def pid(self) -> int:
        """Chromium's process, 0 before the start."""
        return self._process.pid if self._process else 0

    async def start(self) -> None:
        """Start Chromium and load the stage. Returns when the stage has said StageReady.

        Raises Unavailable(`device_missing`) without Chromium or a screen, `failed` when Chromium
        does not come up.
        """
        try:
            await self._start()
        except BaseException as error:
            await self.close()
            if isinstance(error, NOT_STARTED):
                raise in_words(
                    error,
                    binary=self._binary,
                    display=self._display,
                    no_sandbox=self._no_sandbox,
                ) from error
            raise

    async def _start(self) -> None:
        self._files.wipe()
        process.prepare_profile(self._profile_dir, language=self._language)
        argv = process.command_line(
            binary=self._binary,
            profile_dir=self._profile_dir,
            extra_flags=self._extra_flags,
            no_sandbox=self._no_sandbox,
            language=self._language,
        )
        await self._stand.connect()
        self._process = process.ChromiumProcess.start(
            argv,
            display=self._display,
            language=self._language,
            profile_dir=self._profile_dir,
        )
        await self._cdp.connect(self._process.pipes)
        self._targets = Targets(self._cdp)
        first = await self._targets.open()
        self._cdp.post("Browser.setDownloadBehavior", {"behavior": "deny"})
        self._targets.when_lost(first.session, lambda: self._fail("the stage was closed"))
        await self._stand.open(self._process.pid)
        self._stage = StageHost(
            self._cdp, folder=self._stage_dir, said=self._hear, broken=self._fail
        )
        self._stage_session = first.session
        await self._stage.open(first.session)

    async def events(self) -> AsyncIterator[browsing.BrowserEvent]:
        """Yield what happens, in order, until closed."""
        while True:
            happened = await self._events.get()
            if happened is None:
                return
            yield happened

    async def tell(self, message: stage.ToStage) -> None:
        """Hand a message to the stage."""
        if self._stage is None:
            return
        if isinstance(message, stage.Show):
            self._stand.show(is_shown=message.guest)
        if isinstance(message, stage.Negotiate):
            self._showing.assets.forget_sent()
        await self._stage.tell(message)

    async def open_guest(
        self,
        *,
        url: str,
        allowed_hosts: list[str],
        camera_for: str = "",
        blind_rules: Sequence[str] = (),
    ) -> None:
        """Make a fresh incognito context and open `url` in it."""
        if self._targets is None:
            raise ports.Unavailable("failed", "Le navigateur n’est pas prêt.")
        allow_list = AllowList(allowed_hosts)
        allow_list.require(url)
        await self.close_guest()
        guest = Guest(
            self._cdp,
            self._targets,
            scripts=with_rules(self._scripts(), list(blind_rules)),
            allow_list=allow_list,
            camera_for=camera_for,
            handlers=GuestHandlers(
                moved=self._note_move,
                world_made=self._meet_world,
                recorded=self._showing.note_lines,
                private=self._hear_private,
                loading=self._showing.assets.listen,
                resized=self._stand.remeasure,
                lost=lambda: self._lose(guest),
                offered=lambda pdf: self._emit(browsing.GuestOffered(pdf)),
            ),
        )
        self._guest, self._address = guest, ""
        self._verbs = verbs = Verbs(self._cdp, guest, self._showing.mirror, self._files)
        self._secret = SecretKeyboard(self._cdp, self._emit)
        guest.dialogs.listen(
            lambda words: self._emit(browsing.GuestSaid(words)),
            is_awaited=lambda: verbs.are_settling,
        )
        try:
            known = await self._stand.known()
            await guest.open(await self._stand.bounds())
            await self._stand.take_guest(known, lambda: measure(self._cdp, guest))
            await guest.navigate(url)
            self._stand.remeasure()
        except (CdpRefused, CdpTimedOut, CdpClosed, TimeoutError, WindowLost) as error:
            _log.warning("guest_not_opened", reason=repr(error))
            await self._drop(guest)
            raise ports.Unavailable("failed", "La page ne s’ouvre pas.") from error
        except BaseException:
            await self._drop(guest)
            raise

    async def close_guest(self) -> None:
        """Destroy the guest's context, whatever its page is doing.

        Raises Unavailable(`failed`) when it may still be there: end Chromium then.
        """
        if self._guest is not None:
            await self._drop(self._guest)

    async def _drop(self, guest: Guest) -> None:
        if guest is self._guest:
            if self._verbs is not None:
                self._verbs.halt()
            self._guest = self._verbs = self._secret = None
            self._stand.drop_guest()
        self._showing.end_picture()
        try:
            await guest.close()
        except CdpTimedOut as error:
            raise ports.Unavailable("failed", "La page ne se ferme pas.") from error
        finally:
            self._files.wipe()
            await self._showing.leave()
            await self._stand.forget_selections()

    async def mirror(self, *, is_on: bool) -> None:
        """Start a new epoch with a whole picture, or stop. Ends the pictures of the page too."""
        await (self._showing.as_mirror() if is_on else self._showing.rest())

    async def picture(self) -> None:
        """Show the guest as pictures in place of the mirror; PictureIs says how it goes."""
        await self._showing.as_picture()

    async def do(self, verb: control.Verb, papers: Sequence[bytes] = ()) -> control.Done:
        """Carry out one verb in the guest; `papers` are an Attach's."""
        if self._verbs is None:
            words = "La page du partenaire n’est pas ouverte."
            return control.Done(id=verb.id, ok=False, code="gone", message=words)
        done = await self._verbs.do(verb, papers)
        self._showing.islands.stir()
        return done

    def type_secret(self, *, field: int, text: str, key: str) -> None:
        """Write in a blind field."""
        if self._secret is not None:
            self._secret.type(field=field, text=text, key=key)

    def press_stage(self, key: ports.Key) -> None:
        """Let the stage have a stroke."""
        press_stage(self._cdp, self._stage_session, key)

    def mirror_heard(self, epoch: int, total_bytes: int) -> None:
        """Let the mirror go on as fast as the counter reads it."""
        self._showing.mirror.heard(epoch, total_bytes)

    def answer(self, verb_id: int) -> bool:
        """Put the word that a verb is done behind what the mirror has told of it."""
        return self._showing.mirror.answer(verb_id)

    async def halt(self) -> None:
        """Drop queued verbs at once."""
        if self._verbs is not None:
            self._verbs.halt()

    async def close(self) -> None:
        """End Chromium and remove its profile."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._verbs is not None:
            self._verbs.halt()
        await self._showing.close()
        with contextlib.suppress(CdpRefused, CdpTimedOut, CdpClosed):
            await self._cdp.call("Browser.close", timeout_s=1)
        self._cdp.close()
        if self._process is not None:
            await self._process.end()
        await self._stand.close()
        self._files.wipe()
        await asyncio.to_thread(shutil.rmtree, self._profile_dir, ignore_errors=True)
        self._events.put_nowait(None)

    def _scripts(self) -> GuestScripts:
        has_own = (self._stage_dir / "recorder.js").exists()
        return GuestScripts.read(self._stage_dir if has_own else PACKAGED_STAGE)

    def _note_move(self, moved: browsing.GuestMoved) -> None:
        # A page may write its title every second: it has the same room as before.
        if moved.url != self._address:
            self._address = moved.url
            self._stand.remeasure()
        self._emit(moved)

    def _hear(self, said: stage.FromStage) -> None:
        if isinstance(said, stage.BulkGot):
            self._showing.bulk.got(said.ms)
            return
        if isinstance(said, stage.HoleMoved):
            self._stand.move_hole(Box(said.left, said.top, said.width, said.height))
        self._emit(browsing.StageSaid(said))

    def _meet_world(self, world: World) -> None:
        if self._secret is not None:
            self._secret.world_made(world)
        if self._guest is not None and world is self._guest.worlds.top:
            self._showing.note_page()

    def _hear_private(self, world: World, word: str) -> None:
        if self._secret is not None:
            self._secret.heard(world, word)

    def _lose(self, guest: Guest) -> None:
        if guest is self._guest:
            _log.warning("guest_lost")
            self._losing = asyncio.ensure_future(self._end_lost(guest))

    async def _end_lost(self, guest: Guest) -> None:
        try:
            await self._drop(guest)
        except ports.Unavailable:
            self._fail("the guest's context stays")
        else:
            self._emit(browsing.GuestGone())

    def _fail(self, reason: str) -> None:
        if self._is_closed:
            return
        self._emit(browsing.BrowserGone(reason))

    def _emit(self, happened: browsing.BrowserEvent) -> None:
        if self._events.qsize() > EVENTS_WAITING_MOST:
            _log.error("event_dropped", reason="nobody reads them")
            return
        self._events.put_nowait(happened)
