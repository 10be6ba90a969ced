from __future__ import annotations

from dataclasses import replace

import pytest
from factories import NOW, World
from opened import another_site, booked, open_world, someone

from cordee.appointments.models import Appointment
from cordee.appointments.trips import trips_of, within_reach
from cordee.journal.rules import OPERATOR
from cordee.territory import services as territory
from cordee.territory.models import Commune, Site, TravelTime


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _commune(insee_code: str, name: str, *, department: str = "05") -> Commune:
    where = (
        Commune.objects.get(insee_code="05065").territory
        if department == "05"
        else territory.open_territory(code=department, name="Ailleurs", actor=OPERATOR, now=NOW)
    )
    return territory.add_commune(
        territory=where, insee_code=insee_code, name=name, actor=OPERATOR, now=NOW
    )


def _site_in(commune: Commune, name: str) -> Site:
    return territory.open_site(
        commune=commune, name=name, phone="04 92 00 00 00", actor=OPERATOR, now=NOW
    )


def _far(commune: Commune, minutes: dict[Site, int]) -> None:
    for site, far in minutes.items():
        TravelTime.objects.create(commune=commune, site=site, minutes=far)


def _appointment(world: World, *, home: Commune | None = None, wheels: bool = False) -> Appointment:
    citizen = replace(someone(), commune_id=home.pk if home else None, is_wheelchair_needed=wheels)
    return booked(world, citizen=citizen).appointment


def test_the_way_begins_at_home_or_else_where_the_appointment_was(opened: World) -> None:
    near, _ = another_site(opened, "Près")
    home, unknown = _commune("05061", "Gap"), _commune("05023", "Briançon")
    here = opened.site.commune
    _far(here, {near: 20})
    _far(home, {near: 35})
    appointment = _appointment(opened, home=home)

    assert (trips_of(appointment).start, trips_of(appointment).minutes) == (home, {near.pk: 35})
    for commune in (unknown, None):
        appointment.commune = commune
        assert (trips_of(appointment).start, trips_of(appointment).minutes) == (here, {near.pk: 20})


def test_another_site_is_an_hour_away_at_most_or_as_far_as_the_first_was(opened: World) -> None:
    second, first, far = (another_site(opened, name)[0] for name in ("Deux", "Un", "Loin"))
    home = _commune("05061", "Gap")
    _far(home, {opened.site: 40, second: 60, first: 5, far: 61})
    appointment = _appointment(opened, home=home)

    assert within_reach(appointment) == [first.pk, second.pk]
    TravelTime.objects.filter(site=opened.site).update(minutes=61)
    assert within_reach(appointment) == [first.pk, second.pk, far.pk]


def test_where_no_way_is_known_only_the_same_territory_is_near(opened: World) -> None:
    elsewhere = _site_in(_commune("04070", "Digne", department="04"), "Digne")
    neighbour = _site_in(_commune("05061", "Gap"), "Gap")
    same, _ = another_site(opened)

    found = within_reach(_appointment(opened))

    assert found == [same.pk, neighbour.pk]
    assert elsewhere.pk not in found


def test_who_comes_in_a_wheelchair_is_sent_where_they_get_in(opened: World) -> None:
    steps, ramp = another_site(opened, "Marches")[0], another_site(opened, "Plain-pied")[0]
    Site.objects.exclude(pk=steps.pk).update(is_wheelchair_accessible=True)

    assert within_reach(_appointment(opened, wheels=True)) == [ramp.pk]
