"""What a guest's pages may use of the machine: nothing, but a camera lent to one origin."""

from __future__ import annotations

from cordee_kiosk.adapters.chromium.cdp import Cdp

_DENIED = (
    "geolocation",
    "notifications",
    "camera",
    "microphone",
    "midi",
    "clipboard-read",
    "display-capture",
    "window-management",
    "local-fonts",
    "idle-detection",
    "storage-access",
)


async def settle(cdp: Cdp, context: str, *, camera_for: str) -> None:
    """Refuse everything to a browser context; give camera and sound to the origin `camera_for`.

    Empty: to none. What is given ends with the context.
    """
    where = {"browserContextId": context}
    cdp.post("Browser.setDownloadBehavior", {"behavior": "deny", **where})
    for name in _DENIED:
        denied = {"permission": {"name": name}, "setting": "denied", **where}
        cdp.post("Browser.setPermission", denied)
    # After the refusals, which are for every origin.
    for name in ("camera", "microphone") if camera_for else ():
        given = {"permission": {"name": name}, "setting": "granted", **where}
        await cdp.call("Browser.setPermission", {**given, "origin": camera_for})
