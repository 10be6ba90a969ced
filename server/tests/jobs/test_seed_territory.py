from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from kept import count_rows, kept_for_a_module
from pytest_django import DjangoDbBlocker

from cordee.appointments.guest_seats import to_fill
from cordee.appointments.models import Appointment, HeldCell, WaitingEntry
from cordee.directory.models import Agent, Opening, Partner, Reason
from cordee.jobs.demo import calendar
from cordee.jobs.demo.bookings import DAYS_A_MONTH, ZONE
from cordee.jobs.demo.places import PLACES
from cordee.jobs.demo.territory import Demo, Seeded
from cordee.kernel.period import Period
from cordee.territory.holidays import periods_closed
from cordee.territory.models import SiteHours
from cordee.territory.queries import places
from cordee.territory.travel import minutes_from
from cordee.visits.models import Visit

NOW = datetime(2026, 12, 7, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seeded]:
    """Make the territory once for all tests here; each takes back what it adds."""
    with kept_for_a_module(django_db_blocker):
        made = Demo(seed=1, hours_a_month=50, now=NOW).make()
        count_rows()
        yield made


def test_the_territory_has_the_size_that_was_asked_for(seeded: Seeded, db: None) -> None:
    assert (seeded.sites, seeded.partners, seeded.agents) == (25, 28, 120)
    months = 7 * (calendar.WEEKS_BACK + calendar.WEEKS_AHEAD) / DAYS_A_MONTH
    # The demo's own people are busier than the pattern alone would make them.
    assert seeded.booked_min / 60 / months == pytest.approx(50, rel=0.1)
    reasons = Counter(Reason.objects.values_list("partner", flat=True))
    assert set(reasons.values()) <= {3, 4, 5, 6}
    assert all(documents for documents in Reason.objects.values_list("documents", flat=True))
    said = list(Reason.objects.values_list("instructions", flat=True))
    assert len(set(said)) == len(said) == Reason.objects.count()
    assert all(40 < len(each) < 180 and each.endswith(".") for each in said)
    agents = Counter(Agent.objects.values_list("partner", flat=True))
    assert min(agents.values()) >= 2
    (place, *_) = places()
    assert len(minutes_from(place.commune)) == 25


def test_every_appointment_lies_in_open_hours_of_place_and_agent(seeded: Seeded, db: None) -> None:
    whole = Period(NOW - timedelta(days=64), NOW + timedelta(days=92))
    closed = {place.pk: periods_closed(place, whole) for place in places()}
    hours: dict[tuple[str, int], list[tuple[int, int, int]]] = {}
    for owner, rows in (("site", SiteHours.objects), ("agent", Opening.objects)):
        for row in rows.values_list(f"{owner}_id", "weekday", "start_min", "end_min"):
            hours.setdefault((owner, row[0]), []).append(row[1:])

    assert Appointment.objects.count() > 350
    for appointment in Appointment.objects.select_related("kiosk"):
        start, end = (
            each.astimezone(ZONE) for each in (appointment.starts_at, appointment.ends_at)
        )
        first, last = (each.hour * 60 + each.minute for each in (start, end))
        for whose in (("site", appointment.kiosk.site_id), ("agent", appointment.agent_id)):
            assert any(
                weekday == start.weekday() and since <= first and last <= until
                for weekday, since, until in hours[whose]
            )
        assert not any(period.contains(start) for period in closed[appointment.kiosk.site_id])
    assert Visit.objects.count() == Appointment.objects.count()
    held = Counter(HeldCell.objects.values_list("appointment", flat=True))
    assert min(held.values()) >= 6


def test_past_visits_were_held_missed_or_given_up_and_noted(seeded: Seeded, db: None) -> None:
    past = Visit.objects.filter(appointment__ends_at__lte=NOW)
    states = Counter(past.values_list("state", flat=True))
    outcomes = Counter(past.values_list("outcome", flat=True))
    assert 100 < past.count() < 250
    assert states["ended"] > 0.7 * past.count()
    assert min(states["unanswered"], states["cancelled"], outcomes["nobody_came"]) > 0
    assert outcomes["done"] > outcomes["to_continue"] > outcomes["not_done"] > 0
    assert not past.filter(state="ended", live_at=None).exists()
    to_come = Visit.objects.filter(appointment__starts_at__gt=NOW)
    assert set(to_come.values_list("state", flat=True)) == {"booked"}


def test_people_come_more_in_the_morning_and_when_places_are_open(seeded: Seeded, db: None) -> None:
    begun = Appointment.objects.values_list("starts_at", flat=True)
    starts = [start.astimezone(ZONE) for start in begun]
    mornings = sum(start.hour < 12 for start in starts)
    assert 0.55 < mornings / len(starts) < 0.85
    assert {start.weekday() for start in starts} == {0, 1, 2, 3, 4}


def test_a_second_person_s_seat_is_empty(seeded: Seeded, db: None) -> None:
    (plan,) = to_fill(Partner.objects.get(slug="allocations"), now=NOW)
    assert plan.able


def test_somebody_waits_for_an_earlier_hour(seeded: Seeded, db: None) -> None:
    assert WaitingEntry.objects.filter(closed_at=None, until_at__gt=NOW).count() == 1


def test_places_have_communes_of_the_departement_once() -> None:
    codes = [place.insee_code for place in PLACES]

    assert len(set(codes)) == 25
    assert all(code.startswith("05") for code in codes)
