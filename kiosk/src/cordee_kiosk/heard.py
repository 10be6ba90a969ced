"""What the browser tells of the guest, as the core is told it."""

from __future__ import annotations

from cordee_kiosk import ports
from cordee_kiosk.core import events as e

GuestTold = (
    ports.GuestMoved
    | ports.GuestGone
    | ports.GuestSaid
    | ports.GuestAtSecret
    | ports.MirrorBytes
    | ports.BulkBytes
    | ports.PictureIs
)


def heard_of_guest(told: GuestTold) -> e.Event:  # noqa: PLR0911 - one arm a message
    """Return the event that this is to the core."""
    match told:
        case ports.GuestMoved():
            return e.GuestWent(told.url, told.title, told.may_back, told.may_forward)
        case ports.GuestGone():
            return e.GuestGone()
        case ports.GuestSaid(words=words):
            return e.GuestSaid(words)
        case ports.GuestAtSecret():
            return e.SecretFocused(told.field, told.kind, told.pad, told.typed)
        case ports.MirrorBytes(data=data):
            return e.MirrorWritten(data)
        case ports.BulkBytes(data=data):
            return e.BulkWritten(data)
        case ports.PictureIs(state=state):
            return e.PictureWent(state)
