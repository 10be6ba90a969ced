"""Puts the parts together: real devices for a kiosk, those in memory for a bench."""

from __future__ import annotations

import uuid
from importlib.metadata import version
from pathlib import Path

from cordee_kiosk import browsing, ports
from cordee_kiosk.adapters import identity, memory
from cordee_kiosk.adapters.clock import CorrectedClock
from cordee_kiosk.adapters.link import ServerLink
from cordee_kiosk.adapters.post import SpoolPost
from cordee_kiosk.adapters.scanner import SaneScanner
from cordee_kiosk.adapters.screen import XScreen
from cordee_kiosk.adapters.sealer import AgeSealer
from cordee_kiosk.adapters.spool import BoxMemory, FactSpool
from cordee_kiosk.adapters.stop_key import GrabbedStopKey
from cordee_kiosk.adapters.voice import EspeakVoice
from cordee_kiosk.config import Config
from cordee_kiosk.core.machine import Machine
from cordee_kiosk.devices import Devices
from cordee_kiosk.shell import Shell


def make_shell(state: Path, config: Config, *, in_memory: bool) -> Shell:
    """Return the daemon of the kiosk whose state is in `state`.

    Raises identity.NoIdentity when the box is not enrolled.
    """
    who = identity.load(state)
    boot = uuid.uuid4().hex
    roots = identity.pinned_roots(state)
    box = BoxMemory(state)
    clock = CorrectedClock()
    machine = Machine(
        place=box.agenda(),
        kept=box.visit(),
        boot=boot,
        signer=who,
        roots=roots,
        video_hosts=config.video_hosts,
    )
    link = ServerLink(
        server=config.server,
        kiosk=config.kiosk,
        boot=boot,
        version=version("cordee-kiosk"),
        signer=who,
        proxy=config.proxy,
    )
    post = SpoolPost(
        server=config.server,
        kiosk=config.kiosk,
        signer=who,
        folder=state / "spool",
        now=clock.now,
        proxy=config.proxy,
        upload_bps=config.upload_bps,
    )
    devices = Devices(
        clock=clock,
        make_browser=lambda: make_browser(state, config, in_memory=in_memory),
        link=link,
        scanner=memory.MemoryScanner() if in_memory else make_scanner(config),
        papers=memory.MemoryPapers() if in_memory else make_papers(),
        voice=memory.MemoryVoice() if in_memory else EspeakVoice(),
        screen=memory.MemoryScreen() if in_memory else XScreen(config.display),
        stop_key=memory.MemoryStopKey() if in_memory else make_stop_key(config),
        sealer=AgeSealer(roots),
        post=post,
        memory=box,
        spool=FactSpool(state),
    )
    return Shell(machine, devices)


def make_browser(state: Path, config: Config, *, in_memory: bool) -> browsing.Browser:
    """Return a browser that is not started yet."""
    if in_memory:
        return memory.MemoryBrowser(meets_itself=True)
    # Imported only here: the bench's kiosks need none of it.
    from cordee_kiosk.adapters.chromium.browser import ChromiumBrowser  # noqa: PLC0415

    return ChromiumBrowser(
        binary=config.chromium,
        display=config.display,
        profile_dir=state / "chromium",
        extra_flags=browser_flags(config),
        no_sandbox=config.no_sandbox,
        language=config.language,
        stage_dir=Path(config.stage_dir) if config.stage_dir else None,
    )


def make_papers() -> ports.Papers:
    """Return what keeps the scanned pages of a visit."""
    # Imported only here: the bench's kiosks read no pictures.
    from cordee_kiosk.adapters.papers import ScannedPapers  # noqa: PLC0415

    return ScannedPapers()


def browser_flags(config: Config) -> list[str]:
    """Return what Chromium is told beside its usual flags."""
    proxy = [f"--proxy-server={config.proxy}"] if config.proxy else []
    return [*config.chromium_flags, *proxy]


def make_scanner(config: Config) -> SaneScanner:
    """Return the configured scanner."""
    return SaneScanner(
        device=config.scanner,
        options=config.scanner_options,
        config_dir=config.sane_config_dir,
    )


def make_stop_key(config: Config) -> GrabbedStopKey:
    """Return the configured Stop key."""
    return GrabbedStopKey(display=config.display, keysym=config.stop_key)
