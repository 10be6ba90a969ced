"""Reading the sealed pages. An agent sees those of their own visits only."""

from __future__ import annotations

from cordee.directory.models import Agent
from cordee.documents.models import SealedPage
from cordee.fleet.models import Kiosk
from cordee.visits.models import Visit
from cordee_wire.http import PageList, PageListed, PageOffset


def pages_of(visit: Visit) -> PageList:
    """Return the visit's pages, in the order in which they were announced."""
    found = SealedPage.objects.filter(visit=visit).order_by("offered_at", "pk")
    return PageList(
        pages=[
            PageListed(
                page=page.public_id,
                size_bytes=page.size_bytes,
                sha256=page.sha256,
                state=page.state,
                received_at=(page.received_at or page.offered_at).timestamp(),
            )
            for page in found
        ]
    )


def page_of_agent(agent: Agent, page_id: str) -> SealedPage | None:
    """Return this page when it belongs to one of the agent's own visits."""
    found = SealedPage.objects.select_related("visit")
    return found.filter(public_id=page_id, visit__appointment__agent=agent).first()


def page_of_kiosk(kiosk: Kiosk, page_id: str) -> SealedPage | None:
    """Return this page when it belongs to one of the kiosk's visits."""
    found = SealedPage.objects.select_related("visit")
    return found.filter(public_id=page_id, visit__appointment__kiosk=kiosk).first()


def offset_of(page: SealedPage) -> PageOffset:
    """Return how much of the page the server holds; complete: it has been here whole."""
    is_complete = page.received_at is not None
    return PageOffset(page=page.public_id, offset=page.offset, complete=is_complete)
