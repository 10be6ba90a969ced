"""What can be told, and how."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


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


SMS_LENGTH = 160
"""Characters of the GSM 7-bit alphabet that one message carries (3GPP TS 23.038)."""
QUIET_FROM_H, QUIET_UNTIL_H = 20, 8
"""Telephones stay silent in the evening and at night."""
BACK_OFF_MIN = (1, 5, 15, 60, 180, 360, 720)
"""Minutes before each further attempt; then the notice has failed."""
LEASE_S = 120
"""How long an attempt may take before another worker makes it again."""
KEEP_DAYS = 30
"""How long a notice that is over stays, with its text."""

_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = set("^{}\\[~]|€")
_WRITABLE = _GSM | _GSM_TWICE
_PLAIN = {"’": "'", "‘": "'", "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "œ": "oe"}
_PLAIN |= {"Œ": "OE", "\u00a0": " ", "\u202f": " ", "ç": "c"}


def plain_sms(text: str) -> str:
    """Return the text in the GSM 7-bit alphabet: what it lacks is written with what it has.

    One character outside of it would halve the length of the whole message.
    """
    lacking = set(text) - _WRITABLE
    return text.translate({ord(character): _written(character) for character in lacking})


def _written(character: str) -> str:
    """Return what stands for a character that the alphabet lacks; nothing when nothing can."""
    base = unicodedata.normalize("NFKD", _PLAIN.get(character, character))
    return "".join(part for part in base if part in _GSM)


def sms_length(text: str) -> int:
    """Return how many of the 160 characters a plain text takes."""
    return sum(2 if character in _GSM_TWICE else 1 for character in text)


def out_of_quiet(due: datetime, *, before: datetime, zone: ZoneInfo) -> datetime:
    """Return when a text that is due at `due` is sent without waking anybody.

    In the quiet hours it waits for the morning; when that is not before `before` (the person would
    have left home), it goes out in the evening before, half an hour ahead of the quiet.
    """
    local = due.astimezone(zone)
    if QUIET_UNTIL_H <= local.hour < QUIET_FROM_H:
        return due
    day = local.date() + timedelta(days=1 if local.hour >= QUIET_FROM_H else 0)
    morning = datetime.combine(day, time(QUIET_UNTIL_H), zone)
    if morning < before:
        return morning.astimezone(due.tzinfo)
    evening = datetime.combine(day - timedelta(days=1), time(QUIET_FROM_H), zone)
    return (evening - timedelta(minutes=30)).astimezone(due.tzinfo)


@dataclass(frozen=True)
class Quiet:
    """Who may sleep: in this zone, as long as the morning comes before `before`.

    Until `awake_until` the person waits for the message, at any hour.
    """

    zone: ZoneInfo
    before: datetime
    awake_until: datetime | None = None

    def wait(self, at: datetime) -> datetime:
        """Return when a text that could go out at `at` does: then, or in the morning.

        When the morning is too late it goes at once.
        """
        if self.awake_until is not None and at < self.awake_until:
            return at
        return max(at, out_of_quiet(at, before=self.before, zone=self.zone))


def next_attempt(attempts: int, now: datetime) -> datetime | None:
    """Return when a notice that failed `attempts` times is tried again, or None: never."""
    if attempts > len(BACK_OFF_MIN):
        return None
    return now + timedelta(minutes=BACK_OFF_MIN[attempts - 1])
