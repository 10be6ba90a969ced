"""Random lives of a small territory against a plain model: `make fuzz MINUTES=n` runs it longer."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations

import pytest
from django.db import transaction
from factories import NOW, TEN, World, make_world
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from opened import another_agent, another_site, hold, open_world, someone

from cordee.appointments import holding, services
from cordee.appointments.availability import GuestWish
from cordee.appointments.models import Appointment, HeldCell
from cordee.appointments.rules import GuestKind
from cordee.directory.models import Absence, Agent
from cordee.journal.rules import OPERATOR
from cordee.kernel.refusal import Refusal
from cordee.territory.models import Site
from cordee.visits import booking as visits
from cordee.visits import services as visits_services
from cordee.visits.models import Visit

STEP = timedelta(minutes=15)
LENGTH = timedelta(minutes=30)
REST = timedelta(minutes=10)
EXAMPLES = int(os.environ.get("CORDEE_FUZZ_EXAMPLES", "15"))
STEPS = int(os.environ.get("CORDEE_FUZZ_STEPS", "20"))
STARTS = st.integers(0, 11)
SEATS = st.integers(0, 2)


@dataclass
class Kept:
    """What the model knows of one appointment."""

    starts_at: datetime
    kiosk: int
    agent: int
    second: int | None
    hold_ends_at: datetime | None

    @property
    def people(self) -> set[int]:
        """Whose time is held."""
        return {self.agent} if self.second is None else {self.agent, self.second}


class Bookings(RuleBasedStateMachine):
    """Two sites with three kiosks, three agents, a clock; nobody may ever be in two places."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world: World = open_world(make_world())
        site, _ = another_site(self.world)
        self.sites: list[Site] = [self.world.site, site]
        self.agents: list[Agent] = [self.world.agent]
        self.agents += [another_agent(self.world) for _ in range(2)]
        self.now = NOW
        self.kept: dict[int, Kept] = {}
        self.away: list[tuple[int, datetime]] = []

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @rule(start=STARTS, site=st.integers(0, 1), agent=st.none() | SEATS, second=st.none() | SEATS)
    def hold(self, start: int, site: int, agent: int | None, second: int | None) -> None:
        starts_at = TEN + start * STEP
        named = None if agent is None else self.agents[agent]
        joins = None if second is None else self.agents[second].pk
        wish = GuestWish(GuestKind.SECOND_AGENT, agent_id=joins)
        try:
            held = hold(
                self.world,
                starts_at,
                site=self.sites[site],
                agent=named,
                guests=() if joins is None else (wish,),
                citizen=someone(),
                now=self.now,
            )
        except Refusal:
            assert not self._is_free(starts_at, self.sites[site], named, joins)
        else:
            assert self._is_free(starts_at, self.sites[site], named, joins)
            self._break_what_expired_under(held)
            self._keep(held)

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def confirm(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.kept)))
        visits.confirm(appointment=self._row(key), actor=OPERATOR, now=self.now)
        self.kept[key].hold_ends_at = None

    @precondition(lambda self: self.kept)
    @rule(data=st.data())
    def give_back(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.kept)))
        if self.kept.pop(key).hold_ends_at is not None:
            assert services.release(appointment=self._row(key), actor=OPERATOR, now=self.now)
        else:
            visits_services.cancel(visit=self._visit(key), actor=OPERATOR, now=self.now)

    @precondition(lambda self: any(kept.hold_ends_at is None for kept in self.kept.values()))
    @rule(data=st.data(), start=STARTS, site=st.integers(0, 1))
    def move(self, data: st.DataObject, start: int, site: int) -> None:
        confirmed = [key for key, kept in self.kept.items() if kept.hold_ends_at is None]
        key = data.draw(st.sampled_from(sorted(confirmed)))
        starts_at = TEN + start * STEP
        mine = self.kept.pop(key)
        is_free = self._is_free(starts_at, self.sites[site], None, mine.second)
        try:
            visit = visits.move(
                visit=self._visit(key),
                site=self.sites[site],
                starts_at=starts_at,
                actor=OPERATOR,
                now=self.now,
            )
        except Refusal:
            assert not is_free
            self.kept[key] = mine
        else:
            assert is_free
            self._break_what_expired_under(visit.appointment)
            self._keep(visit.appointment)

    @rule(agent=SEATS, start=STARTS)
    def be_absent(self, agent: int, start: int) -> None:
        starts_at = TEN + start * STEP
        self.away.append((self.agents[agent].pk, starts_at))
        Absence.objects.create(
            agent=self.agents[agent], starts_at=starts_at, ends_at=starts_at + LENGTH
        )

    @rule(minutes=st.integers(1, 4))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def sweep(self) -> None:
        expired = [key for key, kept in self.kept.items() if not self._lasts(kept)]
        assert holding.break_expired(now=self.now) == len(expired)
        for key in expired:
            del self.kept[key]

    @invariant()
    def nobody_is_in_two_places(self) -> None:
        for one, other in combinations(self.kept.values(), 2):
            if one.people & other.people:
                assert abs(one.starts_at - other.starts_at) >= LENGTH
            if one.kiosk == other.kiosk:
                assert abs(one.starts_at - other.starts_at) >= LENGTH + REST

    @invariant()
    def the_database_holds_what_the_model_keeps(self) -> None:
        standing = set(Appointment.objects.standing().values_list("pk", flat=True))
        assert standing == set(self.kept)
        assert set(HeldCell.objects.values_list("appointment", flat=True)) == standing
        joined = sum(kept.second is not None for kept in self.kept.values())
        assert HeldCell.objects.count() == 14 * len(standing) + 6 * joined
        confirmed = {key for key, kept in self.kept.items() if kept.hold_ends_at is None}
        opened = Visit.objects.open().values_list("appointment", flat=True)
        assert set(opened) == confirmed

    def _is_free(
        self, starts_at: datetime, site: Site, named: Agent | None, second: int | None
    ) -> bool:
        lasting = [kept for kept in self.kept.values() if self._lasts(kept)]
        kiosks = {self.world.box.kiosk.pk, self.world.other_box.kiosk.pk}
        if site != self.world.site:
            kiosks = set(self._kiosks_of(site))
        for kept in lasting:
            if abs(kept.starts_at - starts_at) < LENGTH + REST:
                kiosks.discard(kept.kiosk)
        near = [kept for kept in lasting if abs(kept.starts_at - starts_at) < LENGTH]
        taken = {key for kept in near for key in kept.people}
        taken |= {key for key, away_at in self.away if abs(away_at - starts_at) < LENGTH}
        agents = {agent.pk for agent in ([named] if named else self.agents)} - taken - {second}
        return bool(kiosks and agents) and second not in taken

    def _kiosks_of(self, site: Site) -> list[int]:
        model = type(self.world.box.kiosk)
        return list(model.objects.filter(site=site).values_list("pk", flat=True))

    def _lasts(self, kept: Kept) -> bool:
        return kept.hold_ends_at is None or kept.hold_ends_at > self.now

    def _keep(self, row: Appointment) -> None:
        guest = row.guests.first()
        second = guest.agent_id if guest else None
        self.kept[row.pk] = Kept(
            row.starts_at, row.kiosk_id, row.agent_id, second, row.hold_ends_at
        )

    def _break_what_expired_under(self, row: Appointment) -> None:
        """Forget the holds that had run out and whose seats the new one now has."""
        people = {row.agent_id, *row.guests.values_list("agent", flat=True)}
        for key, kept in list(self.kept.items()):
            apart = abs(kept.starts_at - row.starts_at)
            is_agent_hit = bool(kept.people & people) and apart < LENGTH
            is_kiosk_hit = kept.kiosk == row.kiosk_id and apart < LENGTH + REST
            if not self._lasts(kept) and (is_agent_hit or is_kiosk_hit):
                del self.kept[key]

    @staticmethod
    def _row(key: int) -> Appointment:
        return Appointment.objects.get(pk=key)

    @staticmethod
    def _visit(key: int) -> Visit:
        return Visit.objects.select_related("appointment").get(appointment=key)


@pytest.mark.django_db
def test_no_life_of_bookings_ever_overlaps() -> None:
    run_state_machine_as_test(
        Bookings,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
