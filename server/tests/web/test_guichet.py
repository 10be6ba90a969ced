from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from web.valley import Valley

from cordee.accounts.models import User
from cordee.directory.models import AgentKey
from cordee.directory.rules import KeyState
from cordee.visits.rules import VisitState

SignIn = Callable[[User], Client]


def test_agent_sees_the_next_visit_and_a_plain_link_to_it(
    valley: Valley, signed_in: SignIn
) -> None:
    visit = valley.visit(citizen="Lucie")
    page = signed_in(valley.agent.user).get("/guichet/").content.decode()
    assert f'href="/guichet/{visit.public_id}/"' in page
    assert "Lucie" in page
    assert "Entrer au guichet" in page


def test_home_tells_its_script_what_comes_next(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit()
    page = signed_in(valley.agent.user).get("/guichet/").content.decode()
    assert 'data-page="ready"' in page
    assert f'data-visit="{visit.public_id}"' in page
    assert f'data-starts-at="{visit.appointment.starts_at.timestamp()}"' in page
    assert f'data-counter-url="/guichet/{visit.public_id}/"' in page


def test_home_sets_the_cookie_that_its_script_needs(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.agent.user)
    client.get("/guichet/")
    assert client.cookies["csrftoken"].value


def test_agent_without_visits_is_told_so(valley: Valley, signed_in: SignIn) -> None:
    page = signed_in(valley.agent.user).get("/guichet/").content.decode()
    assert "Aucun rendez-vous à venir" in page
    assert "data-visit" not in page


def test_a_cancelled_visit_is_not_the_next_one(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit()
    visit.state = VisitState.CANCELLED
    visit.save()
    assert "data-visit" not in signed_in(valley.agent.user).get("/guichet/").content.decode()


def test_a_visit_by_telephone_is_a_call_to_make_until_its_hour_ends(
    valley: Valley, signed_in: SignIn
) -> None:
    client, now = signed_in(valley.agent.user), datetime.now(UTC)
    held = valley.call(now + timedelta(hours=1))
    page = client.get("/guichet/").content.decode()
    assert "Appelez Lucie" in page
    assert 'href="tel:+33612345678"' in page
    held.starts_at, held.ends_at = now - timedelta(hours=1), now - timedelta(minutes=1)
    held.save()
    assert "Appelez Lucie" not in client.get("/guichet/").content.decode()


def test_a_visit_that_is_on_comes_before_the_next_one(valley: Valley, signed_in: SignIn) -> None:
    now = datetime.now(UTC)
    on = valley.visit(now - timedelta(minutes=10), "Marc")
    valley.visit(now + timedelta(hours=1), "Lucie")
    page = signed_in(valley.agent.user).get("/guichet/").content.decode()
    assert f'data-visit="{on.public_id}"' in page
    assert "En ce moment" in page


@pytest.mark.parametrize(
    ("state", "word"),
    [(None, "À faire"), (KeyState.PENDING, "En attente"), (KeyState.CERTIFIED, "Prêtes")],
)
@pytest.mark.parametrize("path", ["/guichet/", "/guichet/cles/"])
def test_keys_state_is_said_in_plain_words(
    valley: Valley, signed_in: SignIn, path: str, state: KeyState | None, word: str
) -> None:
    if state is not None:
        AgentKey.objects.create(
            agent=valley.agent, recipient="age1x", state=state, offered_at=datetime.now(UTC)
        )
    page = signed_in(valley.agent.user).get(path).content.decode()
    assert word in page
    assert f'data-keys-state="{state.value if state else "none"}"' in page


def test_counter_opens_for_its_own_agent(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit()
    response = signed_in(valley.agent.user).get(f"/guichet/{visit.public_id}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert 'id="counter"' in page
    assert f'data-socket-path="/ws/counter/{visit.public_id}/"' in page
    assert 'data-mirror-url="/miroir/"' in page
    assert "no-store" in response["Cache-Control"]


def test_counter_of_another_agent_does_not_exist(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit()
    response = signed_in(valley.stranger.user).get(f"/guichet/{visit.public_id}/")
    assert response.status_code == 404
    assert "Lucie" not in response.content.decode()


def test_counter_of_an_unknown_visit_does_not_exist(valley: Valley, signed_in: SignIn) -> None:
    assert signed_in(valley.agent.user).get(f"/guichet/{'0' * 32}/").status_code == 404


def test_replay_document_may_run_and_fetch_nothing(db: None) -> None:
    response = Client().get("/miroir/")
    policy = {
        directive.split(" ", 1)[0]: directive.split(" ", 1)[1]
        for directive in response["Content-Security-Policy"].split("; ")
    }
    assert policy == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "img-src": "blob:",
        "font-src": "blob:",
        "frame-ancestors": "'self'",
    }
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "public" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")
    page = response.content.decode()
    assert page.startswith("<!doctype html>")
    assert "<script" not in page
