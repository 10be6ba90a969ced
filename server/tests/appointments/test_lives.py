"""Random lives in which places, agents and people change their minds; `make fuzz` runs it longer.

Where `test_machine.py` compares each booking with a model, this one lets the waiting list, the
outages, what they propose and the answers cross each other, and holds what must be true after each.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime, time, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.db.models import QuerySet
from factories import NOW, make_world
from free_hours import free_hours, taken_hours
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from opened import another_agent, another_site, booked, open_world, someone

from cordee.appointments import (
    absences,
    cascade,
    closures,
    holding,
    kiosk_outages,
    leaving,
    refusals,
    waiting,
)
from cordee.appointments.citizens import Citizen
from cordee.appointments.models import (
    Appointment,
    AppointmentQuerySet,
    HeldCell,
    Offer,
    Proposal,
    WaitingEntry,
)
from cordee.appointments.rules import ContactKind, ProposalKind
from cordee.directory.models import Absence
from cordee.fleet.models import KioskOutage
from cordee.journal.rules import OPERATOR
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.notices.models import Notice
from cordee.territory.models import Site, SiteClosure
from cordee.visits import booking as visits
from cordee.visits import services as visits_services
from cordee.visits.models import Visit

HOUR = timedelta(hours=1)
REST = timedelta(minutes=10)
CELLS, CALL_CELLS = 14, 6
"""The kiosk's and the agent's five minutes; the agent's alone."""
EXAMPLES = int(os.environ.get("CORDEE_FUZZ_EXAMPLES", "6"))
STEPS = int(os.environ.get("CORDEE_FUZZ_STEPS", "20"))
PARIS = ZoneInfo("Europe/Paris")
HOURS = st.integers(1, 4)
SEATS = st.integers(0, 1)
_TOLD = re.compile(r"appointment \d+ (?P<act>touched|stands) [a-z]+ \d+(?: again \d+)? .*")


class Lives(RuleBasedStateMachine):
    """Two sites with three kiosks, two agents, three days; people wait, and things fall out."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world = open_world(make_world())
        site, _ = another_site(self.world)
        self.sites = [self.world.site, site]
        self.agents = [self.world.agent, another_agent(self.world)]
        self.now = NOW
        self.calls: set[int] = set()
        """The visits by telephone whose agent is there to call."""
        self.seen: dict[int, set[tuple[int, datetime]]] = {}
        """The hours (with their site) that each has known to be free since they entered."""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        for hours in (3, 4):
            self.book(1, hours, hours % 2)
        self.wait_for_an_hour(data, None, 2)

    @rule(days=SEATS, hours=HOURS, site=SEATS)
    def book(self, days: int, hours: int, site: int) -> None:
        starts_at = NOW + timedelta(days=days) + hours * HOUR
        try:
            booked(self.world, starts_at, now=self.now, site=self.sites[site], citizen=someone())
        except Refusal:
            return
        assert starts_at > self.now

    @precondition(lambda self: Visit.objects.open().exists())
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        visit = data.draw(st.sampled_from(list(Visit.objects.open().order_by("pk"))))
        if visit.appointment.starts_at > self.now:
            visits_services.cancel(visit=visit, actor=OPERATOR, now=self.now)

    @rule(data=st.data(), site=st.none() | SEATS, days=st.integers(1, 3))
    def wait_for_an_hour(self, data: st.DataObject, site: int | None, days: int) -> None:
        replaces = data.draw(st.sampled_from([None, *self._promised()]))
        citizen = someone() if replaces is None else holding.citizen_of(replaces)
        try:
            entry = waiting.enter(
                reason=self.world.reason,
                site=None if site is None else self.sites[site],
                citizen=citizen,
                until_at=self.now + timedelta(days=days),
                replaces=replaces,
                actor=OPERATOR,
                now=self.now,
            )
        except waiting.WaitedAlready:
            assert replaces is not None
            return
        self.seen[entry.pk] = free_hours(self._sites_of(entry), entry, self.now)

    @precondition(lambda self: self._waiting().exists())
    @rule(data=st.data(), days=SEATS, hours=HOURS)
    def who_waits_books(self, data: st.DataObject, days: int, hours: int) -> None:
        entry = data.draw(st.sampled_from(list(self._waiting())))
        starts_at = NOW + timedelta(days=days) + hours * HOUR
        citizen = Citizen(entry.citizen, ContactKind.MOBILE, entry.citizen_phone)
        try:
            booked(self.world, starts_at, now=self.now, citizen=citizen)
        except refusals.AlreadyBooked:
            assert entry.replaces is not None
            return
        except Refusal:
            return
        entry.refresh_from_db()
        assert entry.closed_at == self.now
        assert not Offer.objects.filter(entry=entry, answered_at=None).exists()
        event(f"who waits books; for an earlier hour: {entry.replaces is not None}")

    @precondition(lambda self: WaitingEntry.objects.exists())
    @rule(data=st.data())
    def leave_the_list(self, data: st.DataObject) -> None:
        entry = data.draw(st.sampled_from(list(WaitingEntry.objects.order_by("pk"))))
        leaving.withdraw(entry=entry, actor=OPERATOR, now=self.now)

    def offer(self) -> None:
        for entry in self._waiting():
            self.seen[entry.pk] -= taken_hours(self._sites_of(entry), entry, self.now)
        before = Offer.objects.count()
        made = waiting.offer_freed(now=self.now)
        assert Offer.objects.count() == before + made
        assert not Offer.objects.filter(answered_at=None, expires_at__lte=self.now).exists()
        if not time(8) <= self.now.astimezone(PARIS).time() < time(18):
            return
        # Nothing that is news is kept from anybody; of days once offered no more is said here.
        for entry in self._waiting():
            offers = Offer.objects.filter(entry=entry).select_related("appointment__kiosk")
            if offers.filter(answered_at=None).exists():
                continue
            told = {(o.appointment.kiosk.site_id, o.appointment.starts_at.date()) for o in offers}
            news = free_hours(self._sites_of(entry), entry, self.now) - self.seen[entry.pk]
            assert {(site, at.date()) for site, at in news if at >= self.now + 4 * HOUR} <= told

    @precondition(lambda self: Offer.objects.exists())
    @rule(data=st.data(), is_wanted=st.booleans())
    def answer_an_offer(self, data: st.DataObject, *, is_wanted: bool) -> None:
        offer = data.draw(st.sampled_from(list(Offer.objects.order_by("-pk"))))
        lasts = offer.answered_at is None and offer.expires_at > self.now
        had = offer.entry.replaces
        stands = had is None or (had.cancelled_at is None and had.starts_at > self.now)
        try:
            if is_wanted:
                visit = visits.accept(offer=offer, actor=OPERATOR, now=self.now)
                assert visit.appointment_id == offer.appointment_id
            else:
                waiting.decline(offer=offer, actor=OPERATOR, now=self.now)
        except waiting.OfferGone:
            assert not (lasts and (stands or not is_wanted))
        except refusals.AppointmentOver:
            assert offer.was_taken
        else:
            assert offer.answered_at is None or (is_wanted and offer.was_taken)
            event(f"an offer taken: {is_wanted}, for an earlier hour: {had is not None}")

    @precondition(lambda self: self._promised().exists())
    @rule(data=st.data(), lasts=st.integers(1, 4))
    def be_absent(self, data: st.DataObject, lasts: int) -> None:
        touched = data.draw(st.sampled_from(list(self._promised())))
        start = touched.starts_at - data.draw(st.integers(-1, 1)) * HOUR
        if start <= self.now:
            return
        absences.note_absence(
            agent=touched.agent,
            period=Period(start, start + lasts * HOUR),
            note="",
            actor=OPERATOR,
            now=self.now,
        )

    @precondition(lambda self: Absence.objects.filter(ends_at__gt=self.now).exists())
    @rule(data=st.data())
    def be_there_after_all(self, data: st.DataObject) -> None:
        coming = Absence.objects.filter(ends_at__gt=self.now).order_by("pk")
        absence = data.draw(st.sampled_from(list(coming)))
        absences.remove_absence(absence=absence, actor=OPERATOR, now=self.now)

    @precondition(lambda self: SiteClosure.objects.filter(ends_at__gt=self.now).exists())
    @rule(data=st.data())
    def open_it_after_all(self, data: st.DataObject) -> None:
        coming = SiteClosure.objects.filter(ends_at__gt=self.now).order_by("pk")
        closure = data.draw(st.sampled_from(list(coming)))
        closures.reopen_site(closure=closure, actor=OPERATOR, now=self.now)

    @precondition(lambda self: self._promised().exists())
    @rule(data=st.data())
    def close_a_site(self, data: st.DataObject) -> None:
        touched = data.draw(st.sampled_from(list(self._promised())))
        SiteClosure.objects.create(
            site=touched.kiosk.site,
            starts_at=touched.starts_at - HOUR,
            ends_at=touched.starts_at + HOUR,
        )

    @precondition(lambda self: self._promised().exists())
    @rule(data=st.data(), lasts=st.none() | HOURS)
    def a_kiosk_breaks(self, data: st.DataObject, lasts: int | None) -> None:
        touched = data.draw(st.sampled_from(list(self._promised())))
        ends_at = None if lasts is None else touched.starts_at + lasts * HOUR
        kiosk_outages.put_out_of_service(
            kiosk=touched.kiosk, ends_at=ends_at, actor=OPERATOR, now=self.now
        )

    @precondition(lambda self: KioskOutage.objects.at(self.now).exists())
    @rule(data=st.data())
    def it_works_after_all(self, data: st.DataObject) -> None:
        out = KioskOutage.objects.at(self.now).order_by("pk")
        outage = data.draw(st.sampled_from(list(out)))
        kiosk_outages.put_back(outage=outage, actor=OPERATOR, now=self.now)

    def sweep(self) -> None:
        cascade.sweep(now=self.now)
        assert cascade.sweep(now=self.now) == 0
        for row in self._promised():
            kinds = [one.kind for one in cascade.proposals_for(row)]
            assert (ProposalKind.TELEPHONE in kinds) == self._is_lost(row)

    @precondition(lambda self: Proposal.objects.exists())
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        proposal = data.draw(st.sampled_from(list(Proposal.objects.order_by("-pk"))))
        was_chosen = proposal.chosen_at is not None
        old = proposal.appointment
        is_agent_there = not self._is_away(old)
        phone = data.draw(st.sampled_from(["", "06 12 34 56 78"]))
        try:
            with transaction.atomic():
                visit = visits.choose(proposal=proposal, phone=phone, actor=OPERATOR, now=self.now)
        except Refusal:
            old.refresh_from_db()
            proposal.refresh_from_db()
            assert (proposal.chosen_at is not None) == was_chosen
            return
        event(f"chosen: {proposal.kind}")
        old.refresh_from_db()
        assert old.cancelled_at is not None
        if proposal.kind == ProposalKind.TELEPHONE and not was_chosen and is_agent_there:
            self.calls.add(old.pk)
        if visit is not None and not was_chosen:
            assert visit.appointment.starts_at == proposal.starts_at
            assert proposal.kiosk is not None
            assert visit.appointment.kiosk.site_id == proposal.kiosk.site_id

    @rule(minutes=st.integers(1, 90))
    def let_the_rounds_run(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.offer()
        self.sweep()

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        rows = Appointment.objects.standing()
        calls = Appointment.objects.filter(pk__in=self.calls)
        for one, other in combinations([*rows, *calls], 2):
            is_after = one.starts_at >= other.ends_at or other.starts_at >= one.ends_at
            if one.agent_id == other.agent_id:
                assert is_after
        for one, other in combinations(rows, 2):
            if one.kiosk_id == other.kiosk_id:
                assert abs(one.starts_at - other.starts_at) >= one.ends_at - one.starts_at + REST
        held = Counter(HeldCell.objects.values_list("appointment", flat=True))
        assert held == Counter(
            {row.pk: CELLS for row in rows} | dict.fromkeys(self.calls, CALL_CELLS)
        )

    @invariant()
    def a_visit_is_open_for_each_promise_and_for_nothing_else(self) -> None:
        promised = Appointment.objects.confirmed().filter(cancelled_at=None)
        opened = Visit.objects.open().values_list("appointment", flat=True)
        assert sorted(opened) == sorted(promised.values_list("pk", flat=True))

    @invariant()
    def who_waits_is_offered_one_hour_at_a_time(self) -> None:
        open_ = Offer.objects.filter(answered_at=None)
        assert not open_.exclude(entry__closed_at=None).exists()
        for column in ("entry", "appointment"):
            asked = list(open_.values_list(column, flat=True))
            assert len(asked) == len(set(asked))
        for taken in Offer.objects.filter(was_taken=True).select_related("entry__replaces"):
            had = taken.entry.replaces
            assert taken.entry.closed_at is not None
            assert had is None or had.cancelled_at is not None
            assert had is None or taken.appointment.starts_at < had.starts_at

    @invariant()
    def nobody_is_offered_what_they_had_seen(self) -> None:
        for offer in Offer.objects.select_related("appointment__kiosk"):
            row = offer.appointment
            assert (row.kiosk.site_id, row.starts_at) not in self.seen[offer.entry_id]

    @invariant()
    def nobody_has_two_appointments_or_waits_twice(self) -> None:
        promised = Appointment.objects.confirmed().filter(ends_at__gt=self.now)
        waits = WaitingEntry.objects.filter(closed_at=None, until_at__gt=self.now)
        for rows in (promised, waits):
            people = list(rows.values_list("citizen", "citizen_phone"))
            assert len(people) == len(set(people))

    @invariant()
    def people_are_told_once_of_each_thing(self) -> None:
        assert Notice.objects.filter(key__startswith="offer ").count() == Offer.objects.count()
        # That it cannot take place, anew only after they heard that it does after all.
        said: Counter[tuple[str, str]] = Counter()
        for key, subject, to in Notice.objects.values_list("key", "subject_id", "to"):
            told = _TOLD.fullmatch(key)
            if told is not None:
                said[subject, to] += 1 if told["act"] == "touched" else -1
        assert set(said.values()) <= {0, 1}, said

    def _promised(self) -> AppointmentQuerySet:
        rows = Appointment.objects.confirmed().filter(starts_at__gt=self.now)
        return rows.select_related("kiosk__site", "agent").order_by("pk")

    def _waiting(self) -> QuerySet[WaitingEntry]:
        rows = WaitingEntry.objects.filter(closed_at=None, until_at__gt=self.now)
        return rows.select_related("replaces", "site").order_by("pk")

    def _sites_of(self, entry: WaitingEntry) -> list[Site]:
        return self.sites if entry.site is None else [entry.site]

    def _is_lost(self, row: Appointment) -> bool:
        period = {"starts_at__lt": row.ends_at, "ends_at__gt": row.starts_at}
        is_closed = SiteClosure.objects.filter(site=row.kiosk.site, **period).exists()
        broken = KioskOutage.objects.during(row.starts_at, row.ends_at).filter(kiosk=row.kiosk)
        return is_closed or broken.exists() or self._is_away(row)

    def _is_away(self, row: Appointment) -> bool:
        period = {"starts_at__lt": row.ends_at, "ends_at__gt": row.starts_at}
        return Absence.objects.filter(agent=row.agent_id, **period).exists()


@pytest.mark.django_db
def test_no_life_of_waiting_and_falling_out_loses_a_promise() -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
