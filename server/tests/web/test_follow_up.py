"""What came of the visits that are over, noted by the agent, and those to come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from web.valley import Valley, in_a_week

from cordee.accounts.models import User
from cordee.journal.models import Entry
from cordee.visits.models import Visit
from cordee.visits.rules import Outcome, VisitState

SignIn = Callable[[User], Client]


@pytest.fixture
def client(valley: Valley, signed_in: SignIn) -> Client:
    return signed_in(valley.agent.user)


def test_a_past_visit_waits_to_be_noted_and_then_does_not(valley: Valley, client: Client) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.ENDED)
    assert 'value="to_continue"' in client.get("/guichet/suivi/").content.decode()
    asked = {"visit": visit.public_id, "outcome": "to_continue", "note": " Il manque\nle bail. "}
    page = client.post("/guichet/suivi/", asked, follow=True).content.decode()
    assert "Noté pour Lucie : À poursuivre." in page
    assert "Tout est noté" in page
    assert "À poursuivre. Il manque le bail." in page
    visit.refresh_from_db()
    assert (visit.outcome, visit.outcome_note) == (Outcome.TO_CONTINUE, "Il manque le bail.")
    entry = Entry.objects.get(verb="outcome_noted")
    assert "bail" not in str(entry.detail)
    # Noted again without one, the note stays.
    client.post("/guichet/suivi/", {**asked, "outcome": "done", "note": ""})
    visit.refresh_from_db()
    assert (visit.outcome, visit.outcome_note) == (Outcome.DONE, "Il manque le bail.")
    long = client.post("/guichet/suivi/", {**asked, "note": "x" * 201}, follow=True)
    assert "Cette note est trop longue" in long.content.decode()


def test_a_visit_that_nobody_woke_can_only_be_noted_as_not_held(
    valley: Valley, client: Client
) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
    assert 'value="done"' not in client.get("/guichet/suivi/").content.decode()
    asked = {"visit": visit.public_id, "outcome": "done"}
    page = client.post("/guichet/suivi/", asked, follow=True).content.decode()
    assert "Ce rendez-vous n’a pas eu lieu" in page


def test_an_outcome_that_is_none_is_refused_in_plain_words(valley: Valley, client: Client) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
    asked = {"visit": visit.public_id, "outcome": "parfait"}
    page = client.post("/guichet/suivi/", asked, follow=True).content.decode()
    assert "Choisissez ce qui est advenu du rendez-vous." in page


def test_another_agents_visit_cannot_be_noted(valley: Valley, signed_in: SignIn) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
    asked = {"visit": visit.public_id, "outcome": "nobody_came"}
    assert signed_in(valley.stranger.user).post("/guichet/suivi/", asked).status_code == 404


@pytest.mark.parametrize("name", ["", "\0", "0" * 32, "é" * 4000])
def test_a_visit_that_is_none_does_not_exist(client: Client, name: str) -> None:
    asked = {"visit": name, "outcome": "done"}
    assert client.post("/guichet/suivi/", asked).status_code == 404


def test_the_next_visits_stand_by_day(valley: Valley, client: Client) -> None:
    valley.visit(in_a_week())
    cancelled = valley.visit(in_a_week(), "Marc")
    Visit.objects.filter(pk=cancelled.pk).update(state=VisitState.CANCELLED)
    page = client.get("/guichet/suivi/").content.decode()
    assert "Lucie" in page
    assert "Marc" not in page
