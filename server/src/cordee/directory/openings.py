"""When agents receive people: their week, what comes on top, when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from cordee.directory.models import Absence, Agent, ExtraOpening, Opening
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.territory.rules import overlapping

NOTE_LENGTH = 120
BETWEEN_NOTES = " ; "
_Span = TypeVar("_Span", bound=Absence | ExtraOpening)


class OpeningsOverlap(Refusal):
    """Two stretches of the same weekday lie over each other. The person joins or parts them."""

    code = "openings_overlap"
    message = "Deux plages du même jour se chevauchent. Réunissez-les ou séparez-les."


class OpeningOver(Refusal):
    """The last day of the weekly opening is past: it would change nothing."""

    code = "opening_over"
    message = "Le dernier jour de cette plage est passé. Donnez-en un à venir, ou aucun."


class OpeningGone(Refusal):
    """It was taken back meanwhile. The person looks at the week as it is now."""

    code = "opening_gone"
    message = "Cette période n’existe plus. Quelqu’un l’a retirée."


class SpanOver(Refusal):
    """It has already ended and would change nothing."""

    code = "span_over"
    message = "Cette période est déjà finie. Donnez une fin à venir."


@transaction.atomic
def set_openings(*, agent: Agent, rules: Sequence[WeeklyRule], actor: Actor, now: datetime) -> bool:
    """Replace the agent's week; return whether that changed anything.

    Appointments that stand are not touched. Raises OpeningsOverlap.
    """
    if overlapping(rules):
        raise OpeningsOverlap
    lock_week(agent)
    if set(rules) == {opening.rule() for opening in Opening.objects.filter(agent=agent)}:
        return False
    Opening.objects.filter(agent=agent).delete()
    Opening.objects.bulk_create(Opening.following(rule, agent=agent) for rule in rules)
    _record("openings_set", agent, None, actor, now)
    return True


@transaction.atomic
def add_opening(
    *, agent: Agent, rule: WeeklyRule, today: date, actor: Actor, now: datetime
) -> Opening:
    """Add a stretch to the agent's week. The same twice is one.

    `today` is the agent's local day. Raises OpeningOver or OpeningsOverlap.
    """
    if rule.until is not None and rule.until < today:
        raise OpeningOver
    lock_week(agent)
    held = {opening.rule(): opening for opening in Opening.objects.filter(agent=agent)}
    if rule in held:
        return held[rule]
    if overlapping([*held, rule]):
        raise OpeningsOverlap
    opening = Opening.following(rule, agent=agent)
    opening.save()
    _record("openings_set", agent, None, actor, now)
    return opening


@transaction.atomic
def change_opening(
    *, opening: Opening, rule: WeeklyRule, today: date, actor: Actor, now: datetime
) -> Opening:
    """Give a stretch of the week another day, other hours or dates. The same again is nothing.

    Appointments that stand are not touched. Raises OpeningGone, OpeningOver or OpeningsOverlap.
    """
    if rule.until is not None and rule.until < today:
        raise OpeningOver
    lock_week(opening.agent)
    held = {row.pk: row.rule() for row in Opening.objects.filter(agent=opening.agent)}
    if opening.pk not in held:
        raise OpeningGone
    if held.pop(opening.pk) == rule:
        return opening
    if overlapping([*held.values(), rule]):
        raise OpeningsOverlap
    changed = Opening.following(rule, agent=opening.agent, pk=opening.pk)
    changed.save(force_update=True)
    _record("openings_set", opening.agent, None, actor, now)
    return changed


@transaction.atomic
def remove_opening(*, opening: Opening, actor: Actor, now: datetime) -> None:
    """Take a stretch out of the week. Twice changes nothing; appointments that stand stay."""
    ended, _ = Opening.objects.filter(pk=opening.pk).delete()
    if ended:
        _record("openings_set", opening.agent, None, actor, now)


@transaction.atomic
def add_extra_opening(
    *, agent: Agent, period: Period, note: str = "", actor: Actor, now: datetime
) -> ExtraOpening:
    """Let the agent receive people at a time outside their week.

    What touches or overlaps it becomes one with it, the note too. Raises SpanOver.
    """
    extra = ExtraOpening(agent=agent)
    return _keep(
        extra, ExtraOpening.objects.all(), period, note, "extra_opening_added", actor=actor, now=now
    )


@transaction.atomic
def change_extra_opening(
    *, extra: ExtraOpening, period: Period, note: str, actor: Actor, now: datetime
) -> ExtraOpening:
    """Give an extra opening other hours or another note; what it then touches joins it.

    Appointments that stand are not touched. Raises OpeningGone or SpanOver.
    """
    return _keep(
        extra,
        ExtraOpening.objects.all(),
        period,
        note,
        "extra_opening_changed",
        actor=actor,
        now=now,
    )


@transaction.atomic
def remove_extra_opening(*, extra: ExtraOpening, actor: Actor, now: datetime) -> None:
    """Take an extra opening back. Twice changes nothing; appointments that stand stay."""
    ended, _ = ExtraOpening.objects.filter(pk=extra.pk).delete()
    if ended:
        _record("extra_opening_removed", extra.agent, extra.period(), actor, now)


@transaction.atomic
def add_absence(
    *, agent: Agent, period: Period, note: str = "", actor: Actor, now: datetime
) -> Absence:
    """Say that the agent is away.

    What touches or overlaps it becomes one with it, the note too. `note` is for the partner alone.
    What was promised is dealt with above (`appointments.absences`). Raises SpanOver.
    """
    return _keep(
        Absence(agent=agent),
        Absence.objects.all(),
        period,
        note,
        "absence_added",
        actor=actor,
        now=now,
    )


@transaction.atomic
def change_absence(
    *, absence: Absence, period: Period, note: str, actor: Actor, now: datetime
) -> Absence:
    """Give an absence other hours or another note; what it then touches joins it.

    What was promised is dealt with above (`appointments.absences`). Raises OpeningGone or SpanOver.
    """
    return _keep(
        absence, Absence.objects.all(), period, note, "absence_changed", actor=actor, now=now
    )


@transaction.atomic
def remove_absence(*, absence: Absence, actor: Actor, now: datetime) -> None:
    """Say that the agent is there after all. Twice changes nothing."""
    ended, _ = Absence.objects.filter(pk=absence.pk).delete()
    if ended:
        _record("absence_removed", absence.agent, absence.period(), actor, now)


def _keep(
    span: _Span,
    rows: QuerySet[_Span],
    period: Period,
    note: str,
    verb: str,
    *,
    actor: Actor,
    now: datetime,
) -> _Span:
    """Write the span, new or changed, as one with all of `rows` that touch or overlap it.

    The changed row is kept, or else the oldest. Nothing is written when nothing changes.
    """
    if period.end <= now:
        raise SpanOver
    lock_week(span.agent)
    theirs = rows.filter(agent=span.agent)
    if span.pk and not theirs.filter(pk=span.pk).exists():
        raise OpeningGone
    near = theirs.filter(starts_at__lte=period.end, ends_at__gte=period.start)
    others: list[_Span] = list(near.exclude(pk=span.pk).order_by("pk"))
    kept: _Span = span if span.pk or not others else others[0]
    start = min([period.start, *(other.starts_at for other in others)])
    end = max([period.end, *(other.ends_at for other in others)])
    notes = [*(other.note for other in others), note]
    words = [word for each in notes if each for word in each.split(BETWEEN_NOTES)]
    text = BETWEEN_NOTES.join(dict.fromkeys(words))[:NOTE_LENGTH]
    gone = [other.pk for other in others if other.pk != kept.pk]
    if kept.pk and not gone and (kept.starts_at, kept.ends_at, kept.note) == (start, end, text):
        return kept
    rows.filter(pk__in=gone).delete()
    kept.starts_at, kept.ends_at, kept.note = start, end, text
    kept.save()
    _record(verb, kept.agent, kept.period(), actor, now)
    return kept


def lock_week(agent: Agent) -> None:
    """Let changes of one agent's week follow each other: two at once would be added up.

    Until the end of the transaction.
    """
    Agent.objects.select_for_update().get(pk=agent.pk)


def _record(verb: str, agent: Agent, period: Period | None, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="agent",
        object_id=str(agent.pk),
        detail={"starts_at": period.start.isoformat(), "ends_at": period.end.isoformat()}
        if period
        else {},
    )
