"""Whoever chose an hour has it while they type: one hour a browser, and nobody a whole day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from factories import NOW, World
from opened import booked
from time_machine import travel
from web.browsing import HOUR, form_of, hidden_of, page

from cordee.appointments.models import Appointment
from cordee.journal.models import Entry
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

WHEN, WHO = "/rendez-vous/heure/", "/rendez-vous/vous/"
DESK_WHEN, DESK_WHO = "/accueil/rendez-vous/heure/", "/accueil/rendez-vous/qui/"
LATER = "2026-12-08T14:00"
MIN = timedelta(minutes=1)
JEANNE = {"name": "Jeanne", "contact_kind": "none"}


@pytest.fixture
def neighbour() -> Client:
    return Client(headers={"accept-language": "fr"})


def chosen(world: World, hour: str = HOUR, **more: str) -> dict[str, str]:
    return {"motif": str(world.reason.pk), "lieu": str(world.site.pk), "heure": hour, **more}


def held() -> list[Appointment]:
    return list(Appointment.objects.holding(NOW + MIN).exclude(hold_ends_at=None))


def test_chosen_hour_is_kept_and_the_page_says_until_when(
    opened: World, citizen: Client, neighbour: Client
) -> None:
    who = page(citizen, WHEN, chosen(opened))
    assert "Cette heure est gardée pour vous jusqu’à 9\u00a0h\u00a005." in who
    asked = f"motif={opened.reason.pk}&lieu={opened.site.pk}"
    assert f'value="{HOUR}"' not in page(neighbour, f"{WHEN}?{asked}")
    assert "Choisissez une autre heure" in page(neighbour, WHO, form_of(opened))

    done = page(citizen, WHO, {**form_of(opened), **hidden_of(who)})

    assert "C’est noté." in done
    assert Appointment.objects.get().hold_ends_at is None


def test_reading_the_page_again_or_pressing_twice_keeps_one_hour(
    opened: World, citizen: Client
) -> None:
    key = "a" * 32
    first = citizen.post(WHEN, chosen(opened, cle=key))["Location"]
    once = hidden_of(page(citizen, first))
    assert hidden_of(page(citizen, first)) == once
    page(citizen, WHEN, chosen(opened, cle="b" * 32))
    assert len(held()) == 1
    assert Appointment.objects.get().key == f"citizen-{key}"
    without_cookie = Client(headers={"accept-language": "fr"})
    page(without_cookie, WHEN, chosen(opened, cle=key))
    assert Appointment.objects.count() == 1


def test_another_hour_or_going_back_gives_the_first_one_back(
    opened: World, citizen: Client, neighbour: Client
) -> None:
    page(citizen, WHEN, chosen(opened))
    page(citizen, WHEN, chosen(opened, LATER))
    assert [f"{one.starts_at:%H:%M}" for one in held()] == ["13:00"]
    for back in (
        f"{WHEN}?motif={opened.reason.pk}&lieu={opened.site.pk}",
        f"/rendez-vous/lieu/?motif={opened.reason.pk}",
        "/rendez-vous/",
    ):
        page(citizen, WHEN, chosen(opened))
        shown = page(citizen, back)
        assert held() == [], back
        assert WHEN not in back or f'value="{HOUR}"' in shown
    assert "C’est noté." in page(neighbour, WHO, form_of(opened))


def test_reading_another_persons_page_gives_nothing_back(
    opened: World, citizen: Client, neighbour: Client
) -> None:
    page(citizen, WHEN, chosen(opened))
    page(neighbour, "/rendez-vous/")
    assert len(held()) == 1


def test_hour_that_ran_out_is_booked_all_the_same(opened: World, citizen: Client) -> None:
    hidden = hidden_of(page(citizen, WHEN, chosen(opened)))
    with travel(NOW + 20 * MIN, tick=False):
        again = page(citizen, f"{WHO}?motif={opened.reason.pk}&lieu={opened.site.pk}&heure={HOUR}")
        assert "gardée pour vous" not in again
        assert "C’est noté." in page(citizen, WHO, {**form_of(opened), **hidden})


def test_hour_that_ran_out_and_is_taken_leads_to_others_with_all_that_was_typed(
    opened: World, citizen: Client
) -> None:
    hidden = hidden_of(page(citizen, WHEN, chosen(opened)))
    with travel(NOW + 6 * MIN, tick=False):
        booked(opened, Appointment.objects.get().starts_at, now=NOW + 6 * MIN)
        told = page(citizen, WHO, {**form_of(opened), **hidden})
        assert "Choisissez une autre heure" in told
        assert 'value="Élodie Girard"' in told
        kept = hidden_of(told)
        assert "heure" not in kept
        done = page(citizen, WHO, {**form_of(opened), **kept, "heure": LATER})
        assert "C’est noté." in done
    assert Appointment.objects.confirmed().count() == 2


def test_form_sent_twice_after_an_hour_was_kept_is_one_appointment(
    opened: World, citizen: Client
) -> None:
    form = {**form_of(opened), **hidden_of(page(citizen, WHEN, chosen(opened)))}
    first = citizen.post(WHO, form)["Location"]
    assert citizen.post(WHO, form)["Location"] == first
    assert Visit.objects.count() == 1
    page(citizen, WHEN, chosen(opened, LATER, cle=form["cle"]))
    assert Appointment.objects.confirmed().count() == 1


def test_mistake_in_the_form_keeps_the_hour_and_says_so(opened: World, citizen: Client) -> None:
    hidden = hidden_of(page(citizen, WHEN, chosen(opened)))
    told = page(citizen, WHO, {**form_of(opened), **hidden, "name": ""})
    assert "Écrivez le nom" in told
    assert "gardée pour vous jusqu’à 9\u00a0h\u00a005." in told
    assert hidden_of(told) == hidden


def test_second_tab_of_the_same_person_is_told_of_the_first(
    opened: World, citizen: Client, neighbour: Client
) -> None:
    first = hidden_of(page(citizen, WHEN, chosen(opened)))
    second = hidden_of(page(neighbour, WHEN, chosen(opened, LATER)))
    page(citizen, WHO, {**form_of(opened), **first})
    told = page(neighbour, WHO, {**form_of(opened), **second})
    assert "a déjà un rendez-vous" in told
    assert Appointment.objects.confirmed().count() == 1


def test_one_address_does_not_keep_a_whole_day_and_still_books(opened: World) -> None:
    hours = [f"2026-12-08T{hour}:00" for hour in range(11, 16)]
    pages = [
        page(Client(headers={"accept-language": "fr"}), WHEN, chosen(opened, hour))
        for hour in hours
    ]
    assert ["gardée pour vous" in text for text in pages] == [True] * 3 + [False] * 2
    assert len(held()) == 3
    someone = Client(headers={"accept-language": "fr"})
    assert "C’est noté." in page(someone, WHO, {**form_of(opened), **hidden_of(pages[4])})
    elsewhere = Client(headers={"accept-language": "fr"}, REMOTE_ADDR="192.0.2.7")
    assert "gardée pour vous" in page(elsewhere, WHEN, chosen(opened, hours[3]))


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("2026-12-08T23:00", "Ce lieu est fermé à cette heure."),
        ("2026-12-07T11:00", "Cette heure est déjà passée."),
        ("hier", "Choisissez une heure dans la liste."),
        ("", "Choisissez une heure dans la liste."),
    ],
)
def test_hour_that_cannot_be_kept_is_told_beside_the_others(
    opened: World, citizen: Client, hour: str, said: str
) -> None:
    answer = page(citizen, WHEN, chosen(opened, hour))
    assert said in answer
    assert f'name="heure" value="{HOUR}"' in answer
    assert not Appointment.objects.exists()


def test_kept_hour_is_no_visit_at_the_desk_and_no_longer_proposed(
    opened: World, citizen: Client, desk: Client
) -> None:
    page(citizen, WHEN, chosen(opened))
    shown = page(desk, "/accueil/?jour=2026-12-08")
    assert not Visit.objects.exists()
    assert "11\u00a0h\u00a000 –" not in shown
    assert "Choisissez" in page(desk, DESK_WHEN, chosen(opened))


def test_desk_keeps_the_hour_while_the_host_types(
    opened: World, desk: Client, citizen: Client
) -> None:
    who = page(desk, DESK_WHEN, chosen(opened))
    assert "Cette heure est gardée jusqu’à 9\u00a0h\u00a005." in who
    assert Entry.objects.get(verb="held").actor_id == str(opened.host.pk)
    assert "Choisissez une autre heure" in page(citizen, WHO, form_of(opened))
    form = {**JEANNE, **hidden_of(who)}
    first = desk.post(DESK_WHO, form)["Location"]
    assert desk.post(DESK_WHO, form)["Location"] == first
    assert Appointment.objects.get().citizen == "Jeanne"


def test_desk_gives_the_hour_back_when_the_host_looks_at_others(
    opened: World, desk: Client
) -> None:
    for back in (f"{DESK_WHEN}?motif={opened.reason.pk}", "/accueil/rendez-vous/"):
        page(desk, DESK_WHEN, chosen(opened))
        assert len(held()) == 1
        page(desk, back)
        assert held() == []


def test_desk_gives_the_hour_back_when_nothing_is_booked(opened: World, desk: Client) -> None:
    hidden = hidden_of(page(desk, DESK_WHEN, chosen(opened)))
    assert desk.post(DESK_WHO, {**hidden, "name": "Jeanne", "rien": "1"})["Location"] == "/accueil/"
    assert held() == []
    assert not Visit.objects.exists()


def test_desk_books_an_hour_that_ran_out_or_offers_others(opened: World, desk: Client) -> None:
    form = {**JEANNE, **hidden_of(page(desk, DESK_WHEN, chosen(opened)))}
    with travel(NOW + 6 * MIN, tick=False):
        booked(opened, Appointment.objects.get().starts_at, now=NOW + 6 * MIN)
        told = page(desk, DESK_WHO, form)
        assert "Choisissez une autre heure" in told
        assert 'value="Jeanne"' in told
        page(desk, DESK_WHO, {**JEANNE, **hidden_of(told), "heure": LATER})
    assert Appointment.objects.confirmed().filter(citizen="Jeanne").count() == 1
