"""The channel-layer group of everyone at a visit: what it is called, how it is told something."""

from __future__ import annotations

from typing import Any

from channels.layers import get_channel_layer


def visit_group(visit: str) -> str:
    """Return the group's name."""
    return f"visit.{visit}"


async def tell_visit(visit: str, event: dict[str, Any]) -> None:
    """Send an event (`type` is the consumer's method) to everyone at a visit."""
    await get_channel_layer().group_send(visit_group(visit), event)
