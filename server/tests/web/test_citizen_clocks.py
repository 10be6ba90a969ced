"""The night in which the clocks show an hour twice, to a citizen who books in it."""

from __future__ import annotations

import html
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from factories import World
from opened import open_world
from time_machine import travel

from cordee.appointments.models import Appointment
from cordee.directory.models import Opening
from cordee.notices.models import Notice
from cordee.territory.models import SiteHours

SUMMER = datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
WINTER = SUMMER + timedelta(hours=1)
SUNDAY = 6


@pytest.fixture(autouse=True)
def _the_week_before() -> Iterator[None]:
    cache.clear()
    with travel(SUMMER - timedelta(days=7), tick=False):
        yield


@pytest.fixture
def night(world: World) -> World:
    """Everything is open on Sundays from midnight to five."""
    open_world(world)
    SiteHours.objects.create(site=world.site, weekday=SUNDAY, start_min=0, end_min=300)
    Opening.objects.create(agent=world.agent, weekday=SUNDAY, start_min=0, end_min=300)
    return world


def read(answer: object) -> str:
    return html.unescape(answer.content.decode())  # type: ignore[attr-defined]


def test_both_hours_are_offered_told_apart_and_booked_as_chosen(night: World) -> None:
    citizen = Client(headers={"accept-language": "fr"})
    chosen = f"motif={night.reason.pk}&lieu={night.site.pk}"
    shown = read(citizen.get(f"/rendez-vous/heure/?{chosen}&depuis=2027-10-31"))
    assert "2\u00a0h\u00a030 (heure d’été)" in shown
    assert "2\u00a0h\u00a030 (heure d’hiver)" in shown
    assert "1\u00a0h\u00a030 (" not in shown
    assert "3\u00a0h\u00a030 (" not in shown
    for number, (offset, at) in enumerate((("+02:00", SUMMER), ("+01:00", WINTER))):
        hour = f"2027-10-31T02:30{offset}"
        assert f'value="{hour}"' in shown
        form = {
            "motif": str(night.reason.pk),
            "lieu": str(night.site.pk),
            "heure": hour,
            "cle": f"{number + 1:032x}",
            "name": f"Personne {number}",
            "contact_kind": "mobile",
            "contact": f"06 12 34 56 7{number}",
        }
        done = read(citizen.post("/rendez-vous/vous/", form, follow=True))
        season = "été" if at == SUMMER else "hiver"
        assert f"2\u00a0h\u00a030 (heure d’{season})" in done
        assert Appointment.objects.filter(starts_at=at).count() == 1
        assert any(season in notice.text for notice in Notice.objects.all())


@pytest.mark.parametrize("offset", ["+99:99", "+1:00", "-24:00", "Z"])
def test_offset_that_is_none_is_told(night: World, offset: str) -> None:
    citizen = Client(headers={"accept-language": "fr"})
    asked = {
        "motif": str(night.reason.pk),
        "lieu": str(night.site.pk),
        "heure": f"2027-10-31T02:30{offset}",
    }
    answer = citizen.get("/rendez-vous/vous/", asked)
    assert answer.status_code == 200
    assert "Choisissez une heure dans la liste." in read(answer)
