from __future__ import annotations

import pytest
from factories import World

from cordee.visits.models import Visit


@pytest.fixture
def visit(world: World) -> Visit:
    """A visit whose agent has a certified key."""
    key = world.offer_keys()
    world.certify(key)
    world.recipients[world.agent.pk] = key.recipient
    return world.book_soon()
