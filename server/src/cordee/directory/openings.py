"""When agents receive people: their week, what comes on top, when they are away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cordee.directory.models import Absence, Agent, ExtraOpening, Opening
from cordee.journal.rules import Actor
from cordee.journal.services import record
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal
from cordee.territory.rules import overlapping


class OpeningsOverlap(Refusal):
    """Two stretches of the same weekday lie over each other. The person joins or parts them."""

    code = "openings_overlap"
    message = "Deux plages du même jour se chevauchent. Réunissez-les ou séparez-les."


class OpeningOver(Refusal):
    """The last day of the weekly opening is past: it would change nothing."""

    code = "opening_over"
    message = "Le dernier jour de cette plage est passé. Donnez-en un à venir, ou aucun."


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
    _lock(agent)
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
    _lock(agent)
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
def remove_opening(*, opening: Opening, actor: Actor, now: datetime) -> None:
    """Take a stretch out of the week. Twice changes nothing; appointments that stand stay."""
    ended, _ = Opening.objects.filter(pk=opening.pk).delete()
    if ended:
        _record("openings_set", opening.agent, None, actor, now)


@transaction.atomic
def add_extra_opening(
    *, agent: Agent, period: Period, note: str = "", actor: Actor, now: datetime
) -> ExtraOpening:
    """Let the agent receive people at a time outside their week. The same twice is one.

    Raises SpanOver.
    """
    if period.end <= now:
        raise SpanOver
    _lock(agent)
    extra, is_new = ExtraOpening.objects.get_or_create(
        agent=agent, starts_at=period.start, ends_at=period.end, defaults={"note": note}
    )
    if is_new:
        _record("extra_opening_added", agent, period, actor, now)
    return extra


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
    """Say that the agent is away. The same twice is one.

    `note` is for the partner alone. Appointments within are dealt with above (`appointments`:
    the cascade). Raises SpanOver.
    """
    if period.end <= now:
        raise SpanOver
    _lock(agent)
    absence, is_new = Absence.objects.get_or_create(
        agent=agent, starts_at=period.start, ends_at=period.end, defaults={"note": note}
    )
    if is_new:
        _record("absence_added", agent, period, actor, now)
    return absence


@transaction.atomic
def remove_absence(*, absence: Absence, actor: Actor, now: datetime) -> None:
    """Say that the agent is there after all. Twice changes nothing."""
    ended, _ = Absence.objects.filter(pk=absence.pk).delete()
    if ended:
        _record("absence_removed", absence.agent, absence.period(), actor, now)


def _lock(agent: Agent) -> None:
    """Let changes of one agent's week follow each other: two at once would be added up."""
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
