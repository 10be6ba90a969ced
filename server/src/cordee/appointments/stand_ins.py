"""When an agent cannot receive: who takes their booked hours, at the same place and hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from cordee.appointments import seats, telling
from cordee.appointments.diaries import Diary, diaries, may_receive, speaks
from cordee.appointments.models import Appointment, Proposal
from cordee.appointments.outages import causes_of
from cordee.appointments.placing import DEADLOCK
from cordee.appointments.services import note
from cordee.directory import queries as directory
from cordee.directory.mandates import AgentClosed
from cordee.directory.models import Agent, Partner
from cordee.journal.rules import Actor
from cordee.kernel.cells import Window
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal


class StandInUnfit(Refusal):
    """Another partner's, or without the skill or the language that was asked for."""

    code = "stand_in_unfit"
    message = "Cette personne n’a pas la compétence ou la langue demandée. Choisissez-en une autre."


class StandInAway(Refusal):
    """Absent, or not open then."""

    code = "stand_in_away"
    message = "Cette personne ne reçoit pas à cette heure. Choisissez-en une autre."


class StandInBusy(Refusal):
    """Another appointment has them then, perhaps booked just now."""

    code = "stand_in_busy"
    message = "Cette personne est déjà prise à cette heure. Choisissez-en une autre."


class NothingToTakeOver(Refusal):
    """Begun, over or given up."""

    code = "nothing_to_take_over"
    message = "Ce rendez-vous a commencé ou est annulé : il n’y a plus rien à reprendre."


@dataclass(frozen=True)
class Plan:
    """One appointment that somebody else has to take, and who can.

    `proposed` is one of `able`, so chosen that all plans together can be kept; None: nobody.
    `without_key` are those of `able`, by key, whom no paper can be sealed to.
    """

    appointment: Appointment
    able: Sequence[Agent]
    proposed: Agent | None
    without_key: frozenset[int] = frozenset()


def to_take_over(partner: Partner, *, now: datetime) -> list[Appointment]:
    """Return the partner's appointments to come whose agent is away then, or gone, in order."""
    rows = Appointment.objects.confirmed().filter(
        released_at=None, starts_at__gt=now, agent__partner=partner
    )
    rows = rows.without_agent()
    rows = rows.select_related("kiosk__site__commune", "agent__user", "reason")
    return list(rows.order_by("starts_at", "pk"))


def plans(appointments: Sequence[Appointment], *, now: datetime) -> list[Plan]:
    """Return who can take each of one partner's appointments, those of the same language first.

    A language that was asked for is a must; that in which people are written to decides the order.
    However many they are, a look takes the same few queries. Nobody is proposed twice for the same
    time; whoever can receive papers comes first, then whoever has fewer of them.
    """
    if not appointments:
        return []
    partner = appointments[0].agent.partner_id
    found = Agent.objects.filter(partner=partner, user__is_active=True)
    staff = list(found.select_related("user").order_by("label"))
    window = _window(appointments)
    books = diaries(
        window, keys := [agent.pk for agent in staff], always_open=keys, ignoring=None, now=now
    )
    certified = directory.certificates_of(set(keys), now=now)
    without_key = frozenset(key for key in keys if certified.get(key) is None)
    taken = dict.fromkeys(keys, 0)
    given = dict.fromkeys(keys, 0)
    made = []
    for appointment in appointments:
        mask = window.touched(appointment.starts_at, appointment.ends_at)
        able = [
            agent
            for agent in staff
            if agent.pk != appointment.agent_id
            and may_receive(agent, appointment.reason, appointment.spoken)
            and mask & ~books[agent.pk].free == 0
        ]
        able.sort(key=lambda agent: (not speaks(agent, appointment.language), agent.label))
        left = [agent for agent in able if not mask & taken[agent.pk]]
        proposed = min(
            left,
            key=lambda agent: (
                not speaks(agent, appointment.language),
                agent.pk in without_key,
                given[agent.pk],
            ),
            default=None,
        )
        if proposed is not None:
            taken[proposed.pk] |= mask
            given[proposed.pk] += 1
        bare = without_key & {agent.pk for agent in able}
        made.append(Plan(appointment, able, proposed, bare))
    return made


@transaction.atomic
def stand_in(*, appointment: Appointment, agent: Agent, actor: Actor, now: datetime) -> Appointment:
    """Let another agent receive at the same hour, place and kiosk; its people are told.

    What was proposed because the first could not is taken back. Twice is once. Raises AgentClosed,
    StandInUnfit, StandInAway, StandInBusy or NothingToTakeOver; then nothing is written. For its
    visit: `visits.stand_ins`.
    """
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("kiosk", "reason")
    row = rows.get(pk=appointment.pk)
    is_held = row.hold_ends_at is None and row.cancelled_at is None and row.released_at is None
    if not is_held or row.starts_at <= now:
        raise NothingToTakeOver
    if row.agent_id == agent.pk:
        return row
    if not agent.user.is_active:
        raise AgentClosed
    if not may_receive(agent, row.reason, row.spoken):
        raise StandInUnfit
    check_free(row, agent, now)
    before = row.agent
    with busy_if_taken():
        seats.hand_over(row, agent=agent.pk, now=now)
    note("stood_in", row, actor=actor, now=now, before=before.pk)
    ours = Proposal.objects.filter(cause__in=causes_of(before), appointment=row, chosen_at=None)
    was_touched = bool(ours.delete()[0])
    if not Proposal.objects.filter(appointment=row, chosen_at=None).exists():
        telling.tell_stood_in(row, was_touched=was_touched, now=now)
    return row


@contextmanager
def busy_if_taken() -> Iterator[None]:
    """Run the block in a transaction of its own; raise StandInBusy when another took the time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise StandInBusy from error
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == DEADLOCK:
            raise StandInBusy from error
        raise


def check_free(row: Appointment, agent: Agent, now: datetime) -> None:
    """Raise StandInAway or StandInBusy when somebody cannot sit in at the hour."""
    window = _window([row])
    mask = window.touched(row.starts_at, row.ends_at)
    diary: Diary = diaries(window, [agent.pk], always_open=[agent.pk], ignoring=None, now=now)[
        agent.pk
    ]
    if mask & ~diary.open:
        raise StandInAway
    if mask & ~diary.unheld:
        raise StandInBusy


def _window(appointments: Sequence[Appointment]) -> Window:
    start = min(appointment.starts_at for appointment in appointments)
    end = max(appointment.ends_at for appointment in appointments)
    return Window.spanning(Period(start, end), ZoneInfo(settings.TIME_ZONE))
