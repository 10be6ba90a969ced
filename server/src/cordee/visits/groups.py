"""The channel-layer group of everyone at a visit: what it is called, what it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from channels.layers import get_channel_layer

if TYPE_CHECKING:
    from cordee.documents.models import SealedPage


def visit_group(visit: str) -> str:
    """Return the group's name."""
    return f"visit.{visit}"


async def tell_page(page: SealedPage) -> None:
    """Tell the visit's counter that a sealed page can be fetched."""
    await get_channel_layer().group_send(
        visit_group(page.visit.public_id),
        {
            "type": "page_arrived",
            "page": page.public_id,
            "size_bytes": page.size_bytes,
            "sha256": page.sha256,
        },
    )
