"""An agent's absence and what was promised in it: one change of both.

What an absence touches receives proposals (`cascade`); what it no longer touches stands again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from cordee.appointments import calls, cascade
from cordee.appointments.outages import cause_of
from cordee.directory import openings
from cordee.directory.models import Absence, Agent
from cordee.journal.rules import Actor
from cordee.kernel.period import Period


def note_absence(
    *, agent: Agent, period: Period, note: str, actor: Actor, now: datetime
) -> Absence:
    """Say that the agent is away; the people whom it touches anew are told.

    Raises what `directory.openings.add_absence` raises; then nothing is written.
    """
    absence = write_absence(agent=agent, period=period, note=note, actor=actor, now=now)
    cascade.fall_out_of(absence=absence, now=now)
    return absence


def write_absence(
    *, agent: Agent, period: Period, note: str, actor: Actor, now: datetime
) -> Absence:
    """Write the absence alone: what it touches is told by `cascade.fall_out_of`, or the sweep."""
    return _joining(
        agent,
        lambda: openings.add_absence(agent=agent, period=period, note=note, actor=actor, now=now),
    )


def change_absence(
    *, absence: Absence, period: Period, note: str, actor: Actor, now: datetime
) -> Absence:
    """Give an absence other hours or another note.

    Whom it no longer touches are told that their appointment stands, whom it touches anew that
    theirs does not. Raises what `directory.openings.change_absence` raises; then nothing is
    written.
    """
    changed = rewrite_absence(absence=absence, period=period, note=note, actor=actor, now=now)
    cascade.fall_out_of(absence=changed, now=now)
    return changed


@transaction.atomic
def rewrite_absence(
    *, absence: Absence, period: Period, note: str, actor: Actor, now: datetime
) -> Absence:
    """Change the absence, and tell whom it no longer touches.

    Whom it touches anew are told by `cascade.fall_out_of`, or the sweep.
    """
    changed = _joining(
        absence.agent,
        lambda: openings.change_absence(
            absence=absence, period=period, note=note, actor=actor, now=now
        ),
    )
    cascade.withdraw(cause=cause_of(changed), period=changed.period(), now=now)
    return changed


@transaction.atomic
def remove_absence(*, absence: Absence, actor: Actor, now: datetime) -> None:
    """Say that the agent is there after all; whom it touched are told that theirs stands."""
    openings.remove_absence(absence=absence, actor=actor, now=now)
    cascade.withdraw(cause=cause_of(absence), period=None, now=now)
    calls.ask_anew(agent=absence.agent, now=now)


@transaction.atomic
def _joining(agent: Agent, change: Callable[[], Absence]) -> Absence:
    """Make a change that may join absences; the proposals of those that end go with them."""
    openings.lock_week(agent)
    held = Absence.objects.filter(agent=agent).values_list("pk", flat=True)
    before = set(held)
    absence = change()
    cascade.follow(absence=absence, gone=sorted(before - set(held.all())))
    return absence
