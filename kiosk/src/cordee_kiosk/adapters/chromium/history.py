"""Where a page is, as its navigation history says."""

from __future__ import annotations

from cordee_kiosk.adapters.chromium.cdp import Params
from cordee_kiosk.ports import GuestMoved


def where(history: Params) -> GuestMoved | None:
    """Read a navigation history. The empty page that the window began with does not count."""
    entries, index = history["entries"], history["currentIndex"]
    first = 1 if entries and entries[0]["url"] == "about:blank" else 0
    if not first <= index < len(entries):
        return None
    entry = entries[index]
    return GuestMoved(
        url=entry["url"],
        title=entry.get("title", ""),
        may_back=index > first,
        may_forward=index < len(entries) - 1,
    )
