from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, TEN, World
from opened import another_site, booked, open_world, someone

from cordee.appointments import services
from cordee.appointments.citizens import Citizen
from cordee.appointments.rules import ContactKind
from cordee.appointments.untold import untold_at
from cordee.journal.rules import OPERATOR
from cordee.notices.models import Notice


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def test_who_was_not_reached_is_called_once(opened: World) -> None:
    booked(opened, citizen=someone("Lucie", phone="0612345678"))
    booked(opened, TEN + timedelta(hours=1), citizen=someone("Paul"))
    Notice.objects.filter(to="+33612345678").update(state="failed")

    (untold,) = untold_at(opened.site, since=NOW)

    assert (untold.citizen, untold.contact, untold.starts_at) == ("Lucie", "+33612345678", TEN)


def test_other_sites_and_past_days_are_not_shown(opened: World) -> None:
    booked(opened)
    Notice.objects.update(state="failed")
    other, _ = another_site(opened)

    assert untold_at(other, since=NOW) == []
    assert untold_at(opened.site, since=NOW + timedelta(days=1)) == []


def test_a_landline_is_called_about_a_change_and_not_about_the_booking(opened: World) -> None:
    citizen = Citizen("Jean", ContactKind.LANDLINE, "04 92 11 22 33")
    row = booked(opened, citizen=citizen).appointment
    assert untold_at(opened.site, since=NOW) == []

    services.cancel(appointment=row, actor=OPERATOR, now=NOW)

    (untold,) = untold_at(opened.site, since=NOW)
    assert (untold.contact, untold.is_cancelled) == ("+33492112233", True)
