"""Where a visit stands at the kiosk."""

from __future__ import annotations

from enum import StrEnum


class Phase(StrEnum):
    """Where the visit stands. The names are those of the stage's views where they are the same."""

    WELCOME = "welcome"
    COUNTDOWN = "countdown"
    LATE = "late"
    CALL = "call"
    APOLOGY = "apology"
    THANKS = "thanks"
    DECLINED = "declined"


BEFORE = frozenset({Phase.WELCOME, Phase.COUNTDOWN, Phase.LATE})
OVER = frozenset({Phase.APOLOGY, Phase.THANKS, Phase.DECLINED})
