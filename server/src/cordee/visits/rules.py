"""The life of a visit, as the server sees it (DESIGN section 5).

The kiosk owns what happens; its facts move the visit on. Facts may arrive late and more than
once, so a visit never goes back.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

RUNS_OVER = timedelta(hours=2)
"""How long after the booked end a call may go on; then its kiosk is lost, or its facts are."""


class VisitState(StrEnum):
    """Where a visit stands."""

    BOOKED = "booked"
    AWAKE = "awake"
    LIVE = "live"
    ENDED = "ended"
    UNANSWERED = "unanswered"
    DECLINED = "declined"
    CANCELLED = "cancelled"


FINAL_STATES = frozenset(
    {VisitState.ENDED, VisitState.UNANSWERED, VisitState.DECLINED, VisitState.CANCELLED}
)

STATE_LABELS = {
    VisitState.BOOKED: "Réservé",
    VisitState.AWAKE: "Salle prête",
    VisitState.LIVE: "En cours",
    VisitState.ENDED: "Terminé",
    VisitState.UNANSWERED: "Sans réponse",
    VisitState.DECLINED: "Refusé par l’usager",
    VisitState.CANCELLED: "Annulé",
}


class Outcome(StrEnum):
    """What came of a visit, noted by the agent."""

    DONE = "done"
    TO_CONTINUE = "to_continue"
    NOT_DONE = "not_done"
    NOBODY_CAME = "nobody_came"


OUTCOME_LABELS = {
    Outcome.DONE: "Démarche faite",
    Outcome.TO_CONTINUE: "À poursuivre",
    Outcome.NOT_DONE: "Démarche non faite",
    Outcome.NOBODY_CAME: "Personne ne s’est présenté",
}

NOTE_LIMIT = 200


class Missed(StrEnum):
    """Why a visit was not held."""

    NO_AGENT = "no_agent"
    NOBODY_CAME = "nobody_came"
    NOT_HELD = "not_held"


MISSED_LABELS = {
    Missed.NO_AGENT: "La personne a attendu, personne ne l’a reçue",
    Missed.NOBODY_CAME: "Personne ne s’est présenté",
    Missed.NOT_HELD: "L’appel n’a pas eu lieu",
}


def missed(
    state: VisitState, outcome: str, *, is_over: bool, has_come: bool, is_no_show: bool
) -> Missed | None:
    """Return why a visit was not held, None when it was, may still be, or was given up.

    `outcome` is the noted one or empty; `is_over`: the booked end has come; `has_come`: the desk
    has seen the person; `is_no_show`: it has not.
    """
    is_settled = outcome in {Outcome.DONE, Outcome.TO_CONTINUE}
    if is_settled or state in {VisitState.CANCELLED, VisitState.DECLINED}:
        return None
    if outcome == Outcome.NOBODY_CAME or is_no_show:
        return Missed.NOBODY_CAME
    if state is VisitState.UNANSWERED:
        return Missed.NO_AGENT
    if is_over and state in {VisitState.BOOKED, VisitState.AWAKE}:
        return Missed.NO_AGENT if has_come else Missed.NOT_HELD
    return None


_FACT_LEADS_TO = {
    "woken": VisitState.AWAKE,
    "warmed": VisitState.AWAKE,
    "live": VisitState.LIVE,
    "face_decoded": VisitState.LIVE,
    "resumed": VisitState.LIVE,
    "ended": VisitState.ENDED,
    "unanswered": VisitState.UNANSWERED,
    "declined": VisitState.DECLINED,
}

_RANK = {VisitState.BOOKED: 0, VisitState.AWAKE: 1, VisitState.LIVE: 2}


def advance(state: VisitState, kind: str) -> VisitState:
    """Return the state after a fact of this kind; a final state stays as it is."""
    if state in FINAL_STATES:
        return state
    target = _FACT_LEADS_TO.get(kind, state)
    if target in FINAL_STATES:
        return target
    return target if _RANK[target] > _RANK[state] else state


def may_cancel(state: VisitState) -> bool:
    """Return whether a visit can still be cancelled: not once the faces have met."""
    return state in {VisitState.BOOKED, VisitState.AWAKE}


def may_note(state: VisitState, outcome: Outcome, *, has_begun: bool) -> bool:
    """Return whether an outcome can be noted: the hour has come, and somebody was served.

    The kiosk's facts may be late, so a room that was awake counts as one where people met. A call
    before its hour is one all the same: it is live.
    """
    match state:
        case VisitState.CANCELLED:
            return False
        case VisitState.BOOKED:
            return has_begun and outcome in {Outcome.NOT_DONE, Outcome.NOBODY_CAME}
        case VisitState.AWAKE:
            return has_begun
        case _:
            return True


def is_overdue(state: VisitState, *, ends_at: datetime, now: datetime) -> bool:
    """Return whether a call is no longer believed to be on: its kiosk would have said so."""
    return state is VisitState.LIVE and now >= ends_at + RUNS_OVER


def visit_prevails(*, kind: str, at: float, cancelled_at: float) -> bool:
    """Return whether a fact undoes a cancellation that the kiosk had not heard of.

    Both happened while the line was lost. A call that went live before the cancellation took
    place; otherwise the cancellation stands.
    """
    return kind == "live" and at < cancelled_at
