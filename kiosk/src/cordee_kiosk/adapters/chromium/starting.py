"""Why Chromium did not start, in words; and what room its furniture takes."""

from __future__ import annotations

import os

from cordee_kiosk import ports
from cordee_kiosk.adapters.chromium.cdp import Cdp, CdpClosed, CdpRefused, CdpTimedOut
from cordee_kiosk.adapters.chromium.guest import Guest
from cordee_kiosk.adapters.chromium.stand import ScreenMissing, WindowLost
from cordee_kiosk.adapters.chromium.window import Furniture

NOT_STARTED = (
    FileNotFoundError,
    ScreenMissing,
    CdpClosed,
    CdpRefused,
    CdpTimedOut,
    TimeoutError,
    WindowLost,
)
_MEASURE = "[outerWidth - innerWidth, outerHeight - innerHeight, devicePixelRatio]"


def in_words(error: Exception, *, binary: str, display: str, no_sandbox: bool) -> ports.Unavailable:
    """Return what a technician is told of one of NOT_STARTED."""
    match error:
        case FileNotFoundError():
            words = f"Le programme « {binary} » manque : installez Chromium."
            return ports.Unavailable("device_missing", words)
        case ScreenMissing():
            words = (
                f"Aucun écran X ne répond sous le nom « {display} » : lancez-le, ou corrigez "
                "`display`."
            )
            return ports.Unavailable("device_missing", words)
        case _ if os.geteuid() == 0 and not no_sandbox:
            words = "Chromium ne tourne pas pour root : prenez un utilisateur ordinaire."
        case _:
            words = "Chromium ne démarre pas, ou s’arrête aussitôt : essayez-le à la main."
    return ports.Unavailable("failed", words)


async def measure(cdp: Cdp, guest: Guest) -> Furniture | None:
    """Return the room (device px) that a guest's window takes for itself; None: not known yet."""
    if not guest.world:
        return None
    params = {"expression": _MEASURE, "contextId": guest.world, "returnByValue": True}
    try:
        answer = await cdp.call("Runtime.evaluate", params, guest.session, timeout_s=1)
        width, height, ratio = answer["result"]["value"]
    except (CdpRefused, CdpTimedOut, CdpClosed, KeyError):
        return None
    # A window that has not been laid out yet says 0.
    return Furniture(round(width * ratio), round(height * ratio)) if height else None
