"""What can be told, and how."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a notice reaches its person. A slip is printed and handed over or posted."""

    EMAIL = "email"
    SMS = "sms"
    SLIP = "slip"


class NoticeState(StrEnum):
    """Where a notice is on its way."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"
