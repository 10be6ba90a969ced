"""What every message has in common: a `type`, strict parsing, one size limit a channel."""

from __future__ import annotations

import re
from typing import Any, TypeVar, dataclass_transform

import msgspec

LINK_LIMIT_BYTES = 65_536
"""The largest message on the kiosk's and the counter's WebSockets."""

CONTROL_LIMIT_BYTES = 16_384
"""The largest message on the control data channel (RFC 8831 section 6.6 advises 16 kB)."""


def type_of(class_name: str) -> str:
    """Return the `type` of a message class: `TimeAsked` is sent as `time_asked`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name).lower()


# Tells type checkers what msgspec does for subclasses: frozen, keywords only.
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(msgspec.field,))
class Message(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=type_of):
    """One thing said. Immutable; unknown fields are ignored, an unknown type is refused."""


class MessageRefused(ValueError):
    """The bytes are no message of this channel. `code` says why, `str()` says it in plain words."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the machine's word (`code`) beside the sentence for people."""
        super().__init__(message)
        self.code = code


UPDATE = "Rechargez la page, ou mettez le programme à jour."

T = TypeVar("T")


def encode(message: Message) -> bytes:
    """Return the message as compact JSON, UTF-8."""
    return msgspec.json.encode(message)


def decode(data: bytes | str, kind: type[T] | Any, *, limit_bytes: int = LINK_LIMIT_BYTES) -> T:
    """Return the message that `data` holds, one of the union `kind`.

    Raises MessageRefused with code `too_large` above `limit_bytes`, `malformed` when it is not
    JSON or holds a NUL character (no database keeps one), and `unknown` when type or fields are
    not of this channel.
    """
    size_bytes = len(data.encode()) if isinstance(data, str) else len(data)
    if size_bytes > limit_bytes:
        raise MessageRefused(
            "too_large", f"Message trop grand : {size_bytes} octets, au plus {limit_bytes}."
        )
    try:
        result: T = msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        raise MessageRefused(
            "unknown", f"Message inconnu ou incomplet{_place(error)}. {UPDATE}"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise MessageRefused(
            "malformed", f"Message illisible : ce n’est pas du JSON. {UPDATE}"
        ) from error
    # In JSON a NUL can only be written as an escape; a text about that escape has it too.
    is_escaped = r"\u0000" in data if isinstance(data, str) else rb"\u0000" in data
    if is_escaped and _holds_nul(msgspec.to_builtins(result)):
        raise MessageRefused("malformed", f"Message illisible : caractère nul. {UPDATE}")
    return result


def _holds_nul(value: Any) -> bool:
    match value:
        case str():
            return "\0" in value
        case dict():
            return any(_holds_nul(part) for pair in value.items() for part in pair)
        case list() | tuple():
            return any(_holds_nul(part) for part in value)
        case _:
            return False


def _place(error: msgspec.ValidationError) -> str:
    """Return where the message is wrong, without repeating anything that it said."""
    _, found, place = str(error).rpartition(" - at ")
    return f" ({place.strip('`')})" if found else ""
