"""Changes to an agent's week as the forms ask for them, for the agent or their manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from django.contrib import messages
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from cordee.appointments import absences
from cordee.directory import openings as weeks
from cordee.directory import queries as directory
from cordee.kernel.refusal import Refusal
from cordee.web.week.days import clock
from cordee.web.week.forms import WEEKDAYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.http import HttpRequest

    from cordee.directory.models import Absence, Agent, ExtraOpening, Opening
    from cordee.journal.rules import Actor
    from cordee.web.week.forms import OpeningForm, SpanForm

_Row = TypeVar("_Row", "Opening", "ExtraOpening", "Absence")


def opening_rows(agent: Agent, address: Callable[[int], str]) -> list[dict[str, object]]:
    """Return a line for each stretch of the agent's week; `address` leads to its form, by key."""
    return [
        {
            "pk": row.pk,
            "weekday": WEEKDAYS[row.weekday],
            "hours": f"{clock(row.start_min)} – {clock(row.end_min)}",
            "since": row.since_on,
            "until": row.until_on,
            "change": address(row.pk),
        }
        for row in directory.openings_of(agent)
    ]


def span_rows(
    spans: Iterable[Absence | ExtraOpening], address: Callable[[int], str]
) -> list[dict[str, object]]:
    """Return a line for each absence or extra opening; `address` leads to its form, by key."""
    return [{"span": span, "change": address(span.pk)} for span in spans]


def opening_of(agent: Agent, key: int | str) -> Opening | None:
    """Return the agent's weekly opening with this key; None when there is none of theirs."""
    return _found(directory.openings_of(agent), key)


def extra_opening_of(agent: Agent, key: int | str, *, now: datetime) -> ExtraOpening | None:
    """Return the agent's extra opening with this key; None when it is over or not theirs."""
    return _found(directory.extra_openings_to_come(agent, now=now), key)


def absence_of(agent: Agent, key: int | str, *, now: datetime) -> Absence | None:
    """Return the agent's absence with this key; None when it is over or not theirs."""
    return _found(directory.absences_to_come(agent, now=now), key)


def say_gone(request: HttpRequest) -> None:
    """Say that what should be changed was taken back meanwhile, on the next page."""
    messages.error(request, _(weeks.OpeningGone.message), extra_tags="warn")


def keep_opening(
    agent: Agent, form: OpeningForm, held: Opening | None, *, actor: Actor, now: datetime
) -> bool:
    """Add the stretch that a valid form holds, or give it to the one `held`.

    Returns False with the refusal told on the form.
    """
    today = timezone.localdate(now)
    try:
        if held is None:
            weeks.add_opening(agent=agent, rule=form.rule, today=today, actor=actor, now=now)
        else:
            weeks.change_opening(opening=held, rule=form.rule, today=today, actor=actor, now=now)
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


def keep_extra_opening(
    agent: Agent, form: SpanForm, held: ExtraOpening | None, *, actor: Actor, now: datetime
) -> bool:
    """Add the time that a valid form holds, or give it to the one `held`.

    Returns False with the refusal told on the form.
    """
    period, note = form.period, form.cleaned_data["note"]
    try:
        if held is None:
            weeks.add_extra_opening(agent=agent, period=period, note=note, actor=actor, now=now)
        else:
            weeks.change_extra_opening(extra=held, period=period, note=note, actor=actor, now=now)
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


def keep_absence(
    agent: Agent, form: SpanForm, held: Absence | None, *, actor: Actor, now: datetime
) -> bool:
    """Note the absence that a valid form holds, or give its hours to the one `held`.

    Returns False with the refusal told on the form.
    """
    period, note = form.period, form.cleaned_data["note"]
    try:
        if held is None:
            absences.note_absence(agent=agent, period=period, note=note, actor=actor, now=now)
        else:
            absences.change_absence(absence=held, period=period, note=note, actor=actor, now=now)
    except Refusal as refusal:
        form.add_error(None, _(refusal.message))
        return False
    return True


def remove(agent: Agent, *, kind: str, key: str, actor: Actor, now: datetime) -> bool:
    """Take back an `opening`, an `extra` opening or an `absence` of the agent's.

    `key` is its primary key as text. Returns False when there is none such of theirs, as after a
    second click. Raises Http404 for another kind.
    """
    if kind == "opening":
        opening = opening_of(agent, key)
        if opening:
            weeks.remove_opening(opening=opening, actor=actor, now=now)
        return opening is not None
    if kind == "extra":
        extra = extra_opening_of(agent, key, now=now)
        if extra:
            weeks.remove_extra_opening(extra=extra, actor=actor, now=now)
        return extra is not None
    if kind == "absence":
        away = absence_of(agent, key, now=now)
        if away:
            absences.remove_absence(absence=away, actor=actor, now=now)
        return away is not None
    raise Http404


def _found(rows: Iterable[_Row], key: int | str) -> _Row | None:
    return next((row for row in rows if str(row.pk) == str(key)), None)
