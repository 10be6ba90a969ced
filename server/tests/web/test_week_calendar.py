"""The agent's own calendar: read for their busy time, and given out as a feed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from web.valley import Valley

from cordee.accounts.models import User
from cordee.directory.models import BusyTime

SignIn = Callable[[User], Client]


@pytest.fixture
def client(valley: Valley, signed_in: SignIn) -> Client:
    return signed_in(valley.agent.user)


def test_a_private_calendar_address_is_refused_in_plain_words(
    valley: Valley, client: Client
) -> None:
    asked = {"act": "set", "url": "https://127.0.0.1/agenda.ics"}
    page = client.post("/guichet/agenda/", asked, follow=True).content.decode()
    assert "L’adresse mène à un réseau privé" in page
    valley.agent.refresh_from_db()
    assert valley.agent.calendar_trouble == "private_address"


def test_what_is_no_calendar_address_is_not_kept(valley: Valley, client: Client) -> None:
    page = client.post("/guichet/agenda/", {"act": "set", "url": "ftp://x"}).content.decode()
    assert "elle commence par https://" in page
    valley.agent.refresh_from_db()
    assert valley.agent.calendar_url == ""


def test_a_calendar_is_tried_ten_times_in_a_while_and_then_later(
    valley: Valley, client: Client
) -> None:
    asked = {"act": "set", "url": "https://127.0.0.1/agenda.ics"}
    with time_machine.travel(timezone.now(), tick=False):  # One stretch of the limit.
        answers = [client.post("/guichet/agenda/", asked) for _ in range(11)]
        again = client.post("/guichet/agenda/", {**asked, "url": "https://127.0.0.2/agenda.ics"})
    assert [answer.status_code for answer in answers] == [302] * 10 + [429]
    assert "Vous avez essayé trop souvent" in answers[-1].content.decode()
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 600
    assert again.status_code == 429
    valley.agent.refresh_from_db()
    assert valley.agent.calendar_url == asked["url"]
    assert client.post("/guichet/agenda/", {"act": "make_feed"}).status_code == 302


def test_agent_removes_their_calendar_and_its_busy_times(valley: Valley, client: Client) -> None:
    start = timezone.now() + timedelta(days=7)
    valley.agent.calendar_url = "https://agenda.invalid/a.ics"
    valley.agent.save()
    BusyTime.objects.create(agent=valley.agent, starts_at=start, ends_at=start + timedelta(hours=1))
    client.post("/guichet/agenda/", {"act": "remove"})
    valley.agent.refresh_from_db()
    assert valley.agent.calendar_url == ""
    assert not BusyTime.objects.exists()


def test_agent_makes_replaces_and_removes_the_feed(valley: Valley, client: Client) -> None:
    found = []
    for act in ("make_feed", "make_feed", "remove_feed"):
        client.post("/guichet/agenda/", {"act": act})
        valley.agent.refresh_from_db()
        found.append(valley.agent.calendar_token)
    first, second, none = found
    assert first != second
    assert none == ""
    assert client.get(f"/agenda/agent/{valley.agent.pk}/{second}.ics").status_code == 404
