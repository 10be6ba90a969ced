from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from web.valley import Valley

from cordee.accounts.models import User
from cordee.visits.models import Visit

SignIn = Callable[[User], Client]
ROOM = "https://visio.allocations.example/salle-5"


@pytest.fixture
def held(valley: Valley) -> Visit:
    visit = valley.visit(citizen="Lucie")
    visit.appointment.video_url = ROOM
    visit.appointment.save()
    return visit


def begin(visit: Visit) -> None:
    visit.appointment.starts_at = datetime.now(UTC) - timedelta(minutes=5)
    visit.appointment.save()


def test_the_agent_finds_the_link_and_no_call(
    valley: Valley, signed_in: SignIn, held: Visit
) -> None:
    client = signed_in(valley.agent.user)
    assert "votre propre outil de visio" in client.get("/guichet/").content.decode()
    page = client.get(f"/guichet/{held.public_id}/").content.decode()
    assert f'href="{ROOM}" target="_blank" rel="noopener noreferrer"' in page
    assert "counter.js" not in page
    assert "une fois le rendez-vous commencé" in page
    assert 'name="outcome"' not in page


def test_what_came_of_it_is_noted_there_once_it_has_begun(
    valley: Valley, signed_in: SignIn, held: Visit
) -> None:
    begin(held)
    client = signed_in(valley.agent.user)
    page = client.get(f"/guichet/{held.public_id}/").content.decode()
    assert 'value="nobody_came"' in page
    client.post("/guichet/suivi/", {"visit": held.public_id, "outcome": "nobody_came"})
    held.refresh_from_db()
    assert held.outcome == "nobody_came"


def test_the_link_is_nobody_elses(valley: Valley, signed_in: SignIn, held: Visit) -> None:
    answer = signed_in(valley.stranger.user).get(f"/guichet/{held.public_id}/")
    assert answer.status_code == 404
    assert ROOM not in answer.content.decode()


def test_our_own_call_keeps_its_counter(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit()
    page = signed_in(valley.agent.user).get(f"/guichet/{visit.public_id}/").content.decode()
    assert 'data-page="counter"' in page
