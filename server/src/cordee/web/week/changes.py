"""Changes to an agent's week as the forms ask for them, for the agent or their manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from cordee.directory import openings as weeks
from cordee.directory import queries as directory
from cordee.kernel.refusal import Refusal
from cordee.web.week.days import clock
from cordee.web.week.forms import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cordee.appointments.models import Appointment
    from cordee.directory.models import Agent
    from cordee.journal.rules import Actor
    from cordee.web.week.forms import OpeningForm, SpanForm


def opening_rows(agent: Agent) -> list[dict[str, object]]:
    """Return a line for each stretch of the agent's week."""
    return [
        {
            "pk": row.pk,
            "weekday": WEEKDAYS[row.weekday],
            "hours": f"{clock(row.start_min)} – {clock(row.end_min)}",
            "since": row.since_on,
            "until": row.until_on,
        }
        for row in directory.openings_of(agent)
    ]


def add_opening(agent: Agent, form: OpeningForm, *, actor: Actor, now: datetime) -> bool:
    """Add the stretch that a valid form holds; return False with the refusal told on the form."""
    try:
        weeks.add_opening(
            agent=agent, rule=form.rule, today=timezone.localdate(now), actor=actor, now=now
        )
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


def add_extra_opening(agent: Agent, form: SpanForm, *, actor: Actor, now: datetime) -> bool:
    """Add the time that a valid form holds; return False with the refusal told on the form."""
    try:
        weeks.add_extra_opening(
            agent=agent, period=form.period, note=form.cleaned_data["note"], actor=actor, now=now
        )
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


def remove(agent: Agent, *, kind: str, key: str, actor: Actor, now: datetime) -> None:
    """Take back an `opening`, an `extra` opening or an `absence` of the agent's.

    `key` is its primary key as text. Raises Http404 when there is none such of theirs.
    """
    if kind == "opening":
        for opening in directory.openings_of(agent):
            if str(opening.pk) == key:
                return weeks.remove_opening(opening=opening, actor=actor, now=now)
    if kind == "extra":
        for extra in directory.extra_openings_to_come(agent, now=now):
            if str(extra.pk) == key:
                return weeks.remove_extra_opening(extra=extra, actor=actor, now=now)
    if kind == "absence":
        for away in directory.absences_to_come(agent, now=now):
            if str(away.pk) == key:
                return weeks.remove_absence(absence=away, actor=actor, now=now)
    raise Http404


def seen(touched: Iterable[Appointment]) -> str:
    """Return what a form carries of the appointments that it showed as touched."""
    return ",".join(str(appointment.pk) for appointment in touched)
