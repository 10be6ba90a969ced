"""What the kiosk must still know after its daemon was killed."""

from __future__ import annotations

import msgspec

from cordee_wire.kiosk_link import AgendaEntry


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The visit that is going on, and those that are over though the agenda may still name them.

    Grants are not kept: after a restart each has to be given again.
    """

    entry: AgendaEntry | None = None
    is_live: bool = False
    """Whether the faces have met: from then on the kiosk prevails over a cancellation."""
    over: list[str] = []
