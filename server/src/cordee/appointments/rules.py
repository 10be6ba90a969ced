"""What a seat is, how a citizen is reached, what is proposed when something falls out."""

from __future__ import annotations

from enum import StrEnum


class SeatKind(StrEnum):
    """A scarce thing that an appointment holds."""

    KIOSK = "kiosk"
    AGENT = "agent"


class GuestKind(StrEnum):
    """Who else sits in, beside the citizen and the agent."""

    INTERPRETER = "interpreter"
    SECOND_AGENT = "second_agent"
    GUARDIAN = "guardian"


class ContactKind(StrEnum):
    """The one way of reaching a citizen."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    NONE = "none"


class ProposalKind(StrEnum):
    """What is proposed in the place of an appointment that cannot be kept."""

    KIOSK = "kiosk"
    SITE = "site"
    HOUR = "hour"
    TELEPHONE = "telephone"
