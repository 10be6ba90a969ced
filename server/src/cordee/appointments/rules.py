"""What a seat is."""

from __future__ import annotations

from enum import StrEnum


class SeatKind(StrEnum):
    """A scarce thing that an appointment holds."""

    KIOSK = "kiosk"
    AGENT = "agent"
