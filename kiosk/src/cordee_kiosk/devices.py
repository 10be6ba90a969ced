"""Everything around the core, as the shell is given it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cordee_kiosk import browsing, ports


@dataclass(frozen=True)
class Devices:
    """One kiosk's devices. `make_browser`: a browser that is gone is replaced."""

    clock: ports.Clock
    make_browser: Callable[[], browsing.Browser]
    link: ports.Link
    scanner: ports.Scanner
    papers: ports.Papers
    voice: ports.Voice
    screen: ports.Screen
    stop_key: ports.StopKey
    sealer: ports.Sealer
    post: ports.Post
    memory: ports.Memory
    spool: ports.Spool
