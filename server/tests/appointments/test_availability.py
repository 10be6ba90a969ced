from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import NOW, TEN, World
from opened import another_agent, another_site, booked, hold, open_agent, open_world

from cordee.appointments import availability, diaries
from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.rules import GuestKind
from cordee.appointments.slots import Slot
from cordee.directory.models import Absence, BusyTime, ExtraOpening, Opening
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.fleet import services as fleet
from cordee.journal.rules import OPERATOR
from cordee.territory.models import Site, SiteClosure, SiteHours

# NOW is a Tuesday, 9:00 in Paris: site and agents are open until 17:00, that is 16:00 UTC.
DAY_END = NOW + timedelta(hours=8)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def opened(world: World) -> World:
    return open_world(world)


def _today(world: World, **asked: object) -> list[Slot]:
    wish = Asked(world.reason, **asked)  # type: ignore[arg-type]
    return availability.slots(asked=wish, site=world.site, until=DAY_END, most=100, now=NOW)


def _starts(slots: list[Slot]) -> list[str]:
    return [f"{slot.starts_at:%H:%M}" for slot in slots]


def test_slots_lie_where_site_kiosk_and_agent_are_free(opened: World) -> None:
    slots = _today(opened)

    assert _starts(slots)[:2] == ["08:00", "08:15"]
    assert _starts(slots)[-1] == "15:30"
    kiosks = tuple(sorted((opened.box.kiosk.pk, opened.other_box.kiosk.pk)))
    assert {slot.kiosks for slot in slots} == {kiosks}


def test_an_agent_who_wrote_down_no_opening_offers_no_slot(opened: World) -> None:
    Opening.objects.filter(agent=opened.agent).delete()

    assert _today(opened) == []
    assert opened.book().pk


@pytest.mark.parametrize("kind", [Absence, BusyTime])
def test_who_is_away_or_busy_is_not_offered(opened: World, kind: type[Absence | BusyTime]) -> None:
    kind.objects.create(agent=opened.agent, starts_at=NOW, ends_at=NOW + timedelta(hours=7))

    assert _starts(_today(opened)) == ["15:00", "15:15", "15:30"]


def test_an_extra_opening_is_offered(opened: World) -> None:
    Opening.objects.filter(agent=opened.agent).delete()
    ExtraOpening.objects.create(
        agent=opened.agent, starts_at=TEN, ends_at=TEN + timedelta(minutes=45)
    )

    assert _starts(_today(opened)) == ["10:00", "10:15"]


def test_a_closed_site_and_a_revoked_kiosk_are_not_offered(opened: World) -> None:
    SiteClosure.objects.create(site=opened.site, starts_at=NOW, ends_at=TEN)
    fleet.revoke(kiosk=opened.box.kiosk, actor=OPERATOR, now=NOW)

    slots = _today(opened)

    assert _starts(slots)[0] == "10:00"
    assert {slot.kiosks for slot in slots} == {(opened.other_box.kiosk.pk,)}


def test_a_holiday_closes_the_sites_that_keep_it(opened: World) -> None:
    asked = Asked(opened.reason)
    christmas = datetime(2026, 12, 25, 10, tzinfo=UTC)

    def slot() -> Slot | None:
        return availability.slot_at(asked=asked, site=opened.site, starts_at=christmas, now=NOW)

    assert slot() is None
    opened.site.closes_on_public_holidays = False
    opened.site.save()
    assert slot() is not None


def test_a_booked_agent_and_a_resting_kiosk_are_not_offered(opened: World) -> None:
    fleet.revoke(kiosk=opened.other_box.kiosk, actor=OPERATOR, now=NOW)
    free = another_agent(opened)
    booked(opened, TEN, agent=opened.agent)

    slots = {f"{slot.starts_at:%H:%M}": slot.agents for slot in _today(opened)}

    # 30 minutes and 10 of turnover, before and after.
    assert "09:30" not in slots
    assert slots["09:15"] == (opened.agent.pk, free.pk)
    assert "10:30" not in slots
    assert slots["10:45"] == (opened.agent.pk, free.pk)


def test_a_hold_that_has_run_out_is_free_again(opened: World) -> None:
    hold(opened)

    assert "10:00" not in _starts(_today(opened))
    later = availability.slot_at(
        asked=Asked(opened.reason),
        site=opened.site,
        starts_at=TEN,
        now=NOW + timedelta(minutes=5),
    )
    assert later is not None


def test_skill_and_language_choose_the_agents(opened: World) -> None:
    skilled = another_agent(opened)
    skilled.skills, skilled.languages = ["retraite"], ["fr", "it"]
    skilled.save()

    assert {slot.agents for slot in _today(opened, language="it")} == {(skilled.pk,)}
    opened.reason.skill = "retraite"
    opened.reason.save()
    assert {slot.agents for slot in _today(opened)} == {(skilled.pk,)}
    assert _today(opened, agent=opened.agent) == []


def test_a_reason_that_names_languages_is_offered_in_no_other(opened: World) -> None:
    speaker = another_agent(opened)
    speaker.languages = ["fr", "it", "en"]
    speaker.save()
    opened.reason.languages = ["fr", "it"]
    opened.reason.save()

    assert {slot.agents for slot in _today(opened, language="it")} == {(speaker.pk,)}
    assert _today(opened, language="en") == []
    assert _today(opened, language="en", agent=speaker) == []
    assert _today(opened)
    # What was booked before the reason named its languages can still be moved.
    assert _today(opened, language="en", ignoring=0)


def test_languages_asked_for_are_those_of_the_reasons_agents(opened: World) -> None:
    opened.agent.languages = ["fr", "it", "en"]
    opened.stranger.languages = ["de"]
    interpreter = another_agent(opened)
    interpreter.skills, interpreter.languages = [INTERPRETER_SKILL], ["uk"]
    for agent in (opened.agent, opened.stranger, interpreter):
        agent.save()

    assert diaries.languages_asked_for() == ({"it", "en", "de"}, {"uk"})
    assert diaries.languages_asked_for(opened.reason) == ({"it", "en"}, {"uk"})
    opened.reason.languages = ["it", "ar"]
    assert diaries.languages_asked_for(opened.reason) == ({"it"}, {"uk"})


def test_an_agent_whose_account_is_closed_is_not_offered(opened: World) -> None:
    opened.agent.user.is_active = False
    opened.agent.user.save()

    assert _today(opened) == []
    assert _today(opened, agent=opened.agent) == []


def test_an_interpreter_has_to_be_free_too(opened: World) -> None:
    interpreter = opened.stranger
    interpreter.skills, interpreter.languages = [INTERPRETER_SKILL], ["fr", "ar"]
    interpreter.save()
    Absence.objects.create(agent=interpreter, starts_at=NOW, ends_at=TEN)
    guest = GuestWish(GuestKind.INTERPRETER, language="ar")

    slots = _today(opened, guests=(guest,))

    assert _starts(slots)[0] == "10:00"
    assert {slot.others for slot in slots} == {((interpreter.pk,),)}


def test_a_second_agent_is_not_also_the_first(opened: World) -> None:
    second = another_agent(opened, is_open=False)
    guest = GuestWish(GuestKind.SECOND_AGENT, agent_id=second.pk)

    slots = _today(opened, guests=(guest,))

    assert {(slot.agents, slot.others) for slot in slots} == {((opened.agent.pk,), ((second.pk,),))}


def test_notice_and_horizon_bound_the_search_but_not_the_notice_at_the_desk(
    opened: World,
) -> None:
    opened.reason.notice_h, opened.reason.horizon_days = 24, 2
    opened.reason.save()

    def days(*, at_desk: bool) -> set[int]:
        wish = Asked(opened.reason, at_desk=at_desk)
        slots = availability.slots(asked=wish, site=opened.site, most=500, now=NOW)
        return {slot.starts_at.day for slot in slots}

    assert days(at_desk=False) == {9, 10}
    assert days(at_desk=True) == {8, 9, 10}


def test_the_search_reaches_the_end_of_the_horizon(opened: World) -> None:
    Absence.objects.create(
        agent=opened.agent, starts_at=NOW, ends_at=NOW + timedelta(days=40, minutes=10)
    )
    first = availability.slots(asked=Asked(opened.reason), site=opened.site, most=1, now=NOW)

    # 40 days on is a Sunday.
    assert [slot.starts_at for slot in first] == [NOW + timedelta(days=41)]


def test_sites_come_by_travel_time_with_their_earliest_slot(opened: World) -> None:
    near, _ = another_site(opened, "Près")
    shut, _ = another_site(opened, "Fermé", is_open=False)
    far, _ = another_site(opened, "Loin")
    SiteClosure.objects.create(site=near, starts_at=NOW, ends_at=TEN)
    minutes = {opened.site.pk: 20, near.pk: 5, shut.pk: 10, far.pk: 45}
    asked = Asked(opened.reason)

    found = availability.by_travel(asked=asked, minutes=minutes, within_min=30, now=NOW)

    assert [(site.site, site.minutes, site.starts_at) for site in found] == [
        (near.pk, 5, TEN),
        (shut.pk, 10, None),
        (opened.site.pk, 20, NOW),
    ]
    soonest = availability.soonest(asked=asked, minutes=minutes, now=NOW)
    assert [site.site for site in soonest] == [opened.site.pk, far.pk, near.pk]
    assert len(availability.by_travel(asked=asked, minutes=minutes, most=1, now=NOW)) == 1


def test_only_sites_of_the_reason_are_searched(opened: World) -> None:
    other, _ = another_site(opened)
    opened.reason.sites.add(other)
    asked = Asked(opened.reason)
    minutes = {opened.site.pk: 5, other.pk: 10}

    found = availability.by_travel(asked=asked, minutes=minutes, now=NOW)

    assert [site.site for site in found] == [other.pk]
    assert availability.slots(asked=asked, site=opened.site, now=NOW) == []


def test_a_search_takes_the_same_queries_however_large_the_territory(opened: World) -> None:
    asked = Asked(opened.reason)

    def count(minutes: dict[int, int]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            availability.soonest(asked=asked, minutes=minutes, now=NOW)
        return len(queries)

    minutes = {opened.site.pk: 5}
    few = count(minutes)
    for number in range(6):
        site, _ = another_site(opened, f"Mairie {number}")
        minutes[site.pk] = number
        another_agent(opened)
        booked(opened, TEN + timedelta(minutes=45 * number), site=site)

    assert count(minutes) == few
    assert few <= 15


def test_a_busy_stranger_changes_nothing(opened: World) -> None:
    before = _today(opened)
    open_agent(opened.stranger)
    Absence.objects.create(agent=opened.stranger, starts_at=NOW, ends_at=DAY_END)

    assert _today(opened) == before


@pytest.mark.parametrize(
    ("zone", "weekday", "start_min", "first"),
    [
        # 1:00 on Wednesday in La Réunion is 21:00 UTC on Tuesday.
        ("Indian/Reunion", 2, 60, 21),
        # 23:00 on Monday in French Polynesia is 9:00 UTC on Tuesday.
        ("Pacific/Tahiti", 0, 23 * 60, 9),
    ],
)
def test_hours_of_a_site_are_those_of_its_own_clock(
    opened: World, zone: str, weekday: int, start_min: int, first: int
) -> None:
    territory = opened.site.commune.territory
    territory.time_zone = zone
    territory.save()
    SiteHours.objects.filter(site=opened.site).delete()
    rule = {"weekday": weekday, "start_min": start_min, "end_min": start_min + 60}
    SiteHours.objects.create(site=opened.site, **rule)
    Opening.objects.filter(agent=opened.agent).delete()
    for day in (1, 2):
        Opening.objects.create(agent=opened.agent, weekday=day, start_min=0, end_min=24 * 60)
    site = Site.objects.get(pk=opened.site.pk)
    since = NOW.replace(hour=first)

    found = availability.slots(
        asked=Asked(opened.reason), site=site, since=since, until=since + HALF_AN_HOUR, now=NOW
    )

    assert _starts(found) == [f"{first:02}:00", f"{first:02}:15"]
