"""The map of a place: drawn from positions alone, and said in words."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pytest
from django.test import Client
from factories import NOW, World
from opened import another_site, booked, open_world
from time_machine import travel

from cordee.appointments.citizens import Citizen
from cordee.jobs.demo.places import PLACES
from cordee.territory.models import Commune
from cordee.territory.travel import Spot
from cordee.web.citizen.maps import FROM, HEIGHT, HERE, OTHER, WIDTH, Map, Point, drawn, wind

SPOTS = {place.commune: Spot(place.latitude, place.longitude) for place in PLACES}


def points(*names: str) -> list[Point]:
    kinds = [HERE, FROM, *[OTHER] * len(names)]
    return [Point(kind, name, SPOTS[name]) for kind, name in zip(kinds, names, strict=False)]


def boxes(drawing: Map) -> list[tuple[float, float, float, float]]:
    """Return where each name stands, at the width of an average letter."""
    found = []
    for mark in drawing.marks:
        width = len(mark.name) * 7.5
        left = {"start": 0.0, "end": width, "middle": width / 2}[mark.anchor]
        x = mark.name_x - left
        found.append((x, mark.name_y - 12, x + width, mark.name_y + 3))
    return found


@pytest.mark.parametrize("here", [place.commune for place in PLACES])
def test_every_place_of_the_demo_has_a_map_whose_names_do_not_meet(here: str) -> None:
    others = sorted(
        (name for name in SPOTS if name != here),
        key=lambda name: (
            abs(SPOTS[name].latitude - SPOTS[here].latitude)
            + abs(SPOTS[name].longitude - SPOTS[here].longitude)
        ),
    )
    drawing = drawn(points(here, *others[:4]))
    assert drawing.marks[0].name == here
    assert all(0 <= mark.x <= WIDTH and 0 <= mark.y <= HEIGHT for mark in drawing.marks)
    found = boxes(drawing)
    for number, one in enumerate(found):
        assert one[0] >= 0
        assert one[2] <= WIDTH
        assert not any(
            one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
            for other in found[number + 1 :]
        )


def test_what_is_drawn_is_said() -> None:
    drawing = drawn(points("Guillestre", "Briançon", "Embrun"))
    assert drawing.told == (
        "Plan : Guillestre. Briançon est à 26 km au nord, Embrun est à 16 km au sud-ouest. "
        "À vol d’oiseau."
    )


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((45, 6), "au nord"),
        ((45, 8), "au nord-est"),
        ((44, 8), "à l’est"),
        ((43, 6), "au sud"),
        ((44, 5), "à l’ouest"),
    ],
)
def test_wind_is_said(end: tuple[float, float], said: str) -> None:
    assert wind(Spot(44, 6), Spot(*end)) == said


@pytest.mark.parametrize("names", [["Gap"], ["Gap", "Gap"]])
def test_one_place_alone_is_drawn_with_a_scale(names: Sequence[str]) -> None:
    drawing = drawn(points(*names))
    assert (drawing.marks[0].x, drawing.marks[0].kind) == (WIDTH / 2, HERE)
    assert 0 < drawing.bar < WIDTH / 2


def test_page_of_the_appointment_shows_the_map_and_its_words(world: World) -> None:
    open_world(world)
    commune = world.site.commune
    Commune.objects.filter(pk=commune.pk).update(latitude=44.66, longitude=6.65)
    start = Commune.objects.create(
        territory=commune.territory,
        insee_code="05177",
        name="L’Île-aux-Épreuves",
        latitude=44.6,
        longitude=6.7,
    )
    other, _ = another_site(world, "Mairie")
    assert other.commune_id == commune.pk
    with travel(NOW, tick=False):
        visit = booked(world, citizen=Citizen("Lucie", commune_id=start.pk))
        client = Client(headers={"accept-language": "fr"})
        code = {"code": visit.appointment.code or "", "name": "Lucie"}
        text = html.unescape(client.post("/mon-rendez-vous/", code, follow=True).content.decode())
    assert f"Plan : {commune.name}. L’Île-aux-Épreuves est à 8 km au sud-est." in text
    assert 'class="from"' in text


def test_place_that_nobody_knows_has_no_map(world: World) -> None:
    open_world(world)
    with travel(NOW, tick=False):
        visit = booked(world, citizen=Citizen("Lucie"))
        client = Client(headers={"accept-language": "fr"})
        code = {"code": visit.appointment.code or "", "name": "Lucie"}
        text = client.post("/mon-rendez-vous/", code, follow=True).content.decode()
    assert "place-map" not in text
