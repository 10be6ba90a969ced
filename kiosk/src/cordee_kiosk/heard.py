"""What the browser tells of the guest, as the core is told it."""

from __future__ import annotations

from cordee_kiosk import browsing
from cordee_kiosk.core import events as e

GuestTold = (
    browsing.GuestMoved
    | browsing.GuestGone
    | browsing.GuestSaid
    | browsing.GuestAtSecret
    | browsing.MirrorBytes
    | browsing.BulkBytes
    | browsing.PictureIs
)


def heard_of_guest(told: GuestTold) -> e.Event:  # noqa: PLR0911 - one arm a message
    """Return the event that this is to the core."""
    match told:
        case browsing.GuestMoved():
            return e.GuestWent(told.url, told.title, told.may_back, told.may_forward)
        case browsing.GuestGone():
            return e.GuestGone()
        case browsing.GuestSaid(words=words):
            return e.GuestSaid(words)
        case browsing.GuestAtSecret():
            return e.SecretFocused(told.field, told.kind, told.pad, told.typed)
        case browsing.MirrorBytes(data=data):
            return e.MirrorWritten(data)
        case browsing.BulkBytes(data=data):
            return e.BulkWritten(data)
        case browsing.PictureIs(state=state):
            return e.PictureWent(state)
