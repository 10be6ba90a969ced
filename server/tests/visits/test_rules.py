from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cordee.visits.rules import (
    FINAL_STATES,
    Outcome,
    VisitState,
    advance,
    may_cancel,
    may_note,
    visit_prevails,
)
from cordee_wire.kiosk_link import FACT_KINDS


def test_the_usual_visit_goes_from_booked_to_ended() -> None:
    state = VisitState.BOOKED
    seen = []
    for kind in ("woken", "warmed", "live", "face_decoded", "asked", "granted", "cut", "ended"):
        state = advance(state, kind)
        seen.append(state.value)

    assert seen == ["awake", "awake", "live", "live", "live", "live", "live", "ended"]


@given(st.sampled_from(VisitState), st.sampled_from(FACT_KINDS))
def test_a_visit_never_goes_back(state: VisitState, kind: str) -> None:
    order = [VisitState.BOOKED, VisitState.AWAKE, VisitState.LIVE]
    after = advance(state, kind)

    if state in FINAL_STATES:
        assert after is state
    elif after not in FINAL_STATES:
        assert order.index(after) >= order.index(state)


@pytest.mark.parametrize("state", VisitState)
def test_only_a_visit_that_has_not_begun_can_be_cancelled(state: VisitState) -> None:
    assert may_cancel(state) == (state in {VisitState.BOOKED, VisitState.AWAKE})


def test_a_call_live_before_the_cancellation_took_place() -> None:
    assert visit_prevails(kind="live", at=9.0, cancelled_at=10.0)
    assert not visit_prevails(kind="live", at=10.0, cancelled_at=10.0)
    assert not visit_prevails(kind="woken", at=9.0, cancelled_at=10.0)


@pytest.mark.parametrize(
    ("state", "outcome", "has_begun", "may"),
    [
        (VisitState.BOOKED, Outcome.DONE, True, False),
        (VisitState.BOOKED, Outcome.NOBODY_CAME, False, False),
        (VisitState.BOOKED, Outcome.NOBODY_CAME, True, True),
        (VisitState.AWAKE, Outcome.DONE, False, False),
        (VisitState.AWAKE, Outcome.DONE, True, True),
        (VisitState.LIVE, Outcome.DONE, True, True),
        (VisitState.ENDED, Outcome.TO_CONTINUE, True, True),
        (VisitState.UNANSWERED, Outcome.NOT_DONE, True, True),
        (VisitState.CANCELLED, Outcome.NOT_DONE, True, False),
    ],
)
def test_an_outcome_is_noted_of_what_took_place(
    state: VisitState, outcome: Outcome, *, has_begun: bool, may: bool
) -> None:
    assert may_note(state, outcome, has_begun=has_begun) is may
