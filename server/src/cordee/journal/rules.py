"""Who acts, and what a journal entry may say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Detail = dict[str, str | int | float | bool | None]

DETAIL_TEXT_LIMIT = 200
"""The journal holds no content: nothing longer than an identifier or an address's host."""


class ActorKind(StrEnum):
    """What kind of someone acts."""

    USER = "user"
    KIOSK = "kiosk"
    OPERATOR = "operator"
    SYSTEM = "system"
    ANYONE = "anyone"


@dataclass(frozen=True)
class Actor:
    """Who does it: a signed-in person, a kiosk, the command line, or the system by itself."""

    kind: ActorKind
    id: str


OPERATOR = Actor(ActorKind.OPERATOR, "console")
SYSTEM = Actor(ActorKind.SYSTEM, "cordee")
ANYONE = Actor(ActorKind.ANYONE, "")


def user(user_id: int | None) -> Actor:
    """Return the actor for the person with this account."""
    return Actor(ActorKind.USER, str(user_id))


def kiosk(public_id: str) -> Actor:
    """Return the actor for this kiosk."""
    return Actor(ActorKind.KIOSK, public_id)


def is_content_free(detail: Detail) -> bool:
    """Return whether `detail` holds only short strings, numbers and booleans."""
    return all(
        len(value) <= DETAIL_TEXT_LIMIT
        if isinstance(value, str)
        else isinstance(value, int | float | None)
        for value in detail.values()
    )
