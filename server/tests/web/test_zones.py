"""A place overseas: every page about it, and every message, says the hour of its own clocks."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from factories import World
from web.browsing import page

from cordee.accounts.models import User
from cordee.appointments.models import Appointment
from cordee.notices.models import Notice
from cordee.territory.models import Posting

pytestmark = pytest.mark.usefixtures("today")
NINE_IN_PARIS = datetime(2026, 12, 9, 9, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def overseas(opened: World) -> World:
    """The site keeps its hours by the clocks of La Réunion, the agents theirs by Paris."""
    territory = opened.site.commune.territory
    territory.time_zone = "Indian/Reunion"
    territory.save()
    return opened


def test_hours_are_offered_booked_and_told_by_the_clocks_of_the_place(
    overseas: World, citizen: Client, signed_in: Callable[[User], Client]
) -> None:
    chosen = f"motif={overseas.reason.pk}&lieu={overseas.site.pk}"
    offered = html.unescape(page(citizen, f"/rendez-vous/heure/?{chosen}"))
    found = re.search(r'value="(2026-12-09T12:00)">([^<]+)<', offered)
    assert found is not None
    assert found[2] == "12\u00a0h\u00a000"
    assert 'value="2026-12-09T09:00"' not in offered

    who = page(citizen, f"/rendez-vous/vous/?{chosen}&heure={found[1]}")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', who))
    given = {"name": "Zoé", "contact_kind": "mobile", "contact": "06 92 00 00 01", "commune": ""}
    done = citizen.post("/rendez-vous/vous/", {**hidden, **given}, follow=True)

    appointment = Appointment.objects.get()
    assert appointment.starts_at == NINE_IN_PARIS
    assert "12\u00a0h\u00a000" in html.unescape(done.content.decode())
    told = Notice.objects.filter(channel="sms").values_list("text", flat=True)
    assert told
    assert all("12 h" in text and "9 h" not in text for text in told)
    Posting.objects.create(user=overseas.host, site=overseas.site)
    desk = html.unescape(page(signed_in(overseas.host), "/accueil/?jour=2026-12-09"))
    assert "12\u00a0h\u00a000" in desk
    assert "9\u00a0h\u00a000" not in desk
    # The agent sits in Paris, also in the request that follows one about La Réunion.
    agent = html.unescape(page(signed_in(overseas.agent.user), "/guichet/suivi/"))
    assert "9\u00a0h\u00a000" in agent
