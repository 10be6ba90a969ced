"""What must hold whatever happens, in whatever order."""

from __future__ import annotations

from authority import Authority
from hypothesis import given, settings
from hypothesis import strategies as st

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_wire import control, kiosk_link, stage
from cordee_wire.message import encode
from core.kiosk import COUNTER, T_0, VISIT, Kiosk

AUTHORITY = Authority()
CLICK = control.Click(id=9, node=3, x=0.5, y=0.5)

small = st.integers(min_value=0, max_value=4)
acts = st.sampled_from(control.ACTS)
agents = st.one_of(
    st.builds(control.Ask, act=acts, id=small),
    st.builds(control.DeclareYes, request=small),
    st.builds(control.Withdraw, request=small),
    st.builds(control.GiveBack, act=acts),
    st.builds(control.Scan, id=small),
    st.just(CLICK),
    st.just(control.MirrorAgain()),
    st.just(control.End()),
)
stages = st.one_of(
    st.builds(
        stage.Touched,
        what=st.sampled_from(["yes", "yes", "no", "stop", "end_yes", "end_no", "not_now"]),
        request=small,
    ),
    st.builds(stage.Spoken, id=small),
    st.builds(
        stage.CallState,
        connection=st.sampled_from(["new", "connected", "connected", "disconnected", "failed"]),
        control=st.sampled_from(["open", "open", "closed"]),
    ),
    st.just(stage.WentLive()),
    st.just(stage.FaceDecoded(at=T_0, colour=[9, 9, 9])),
)
events = st.one_of(
    stages.map(e.StageTold),
    agents.map(lambda said: e.StageTold(stage.ControlArrived(text=encode(said).decode()))),
    st.just(e.LinkLost()),
    st.just(e.BrowserReady()),
    st.just(e.BrowserLost("gone")),
    st.just(e.StopPressed()),
    st.just(e.GuestOpened()),
    st.just(e.MirrorWritten(b"\x01a")),
    st.just(e.BulkWritten(b"\x02a")),
    st.just(e.GuestSaid("La page dit : « Bonjour »")),
    st.sampled_from([None, COUNTER, "d" * 32]).map(
        lambda who: e.ServerSaid(kiosk_link.Peer(visit=VISIT, role="agent", instance=who))
    ),
    st.just(e.ServerSaid(kiosk_link.Agenda(entries=[]))),
    st.builds(e.ScanWent, id=small, state=st.sampled_from(["sealing", "sending", "failed"])),
)
steps = st.one_of(events, st.sampled_from([0.1, 3.0, 25.0, 130.0, 700.0]))


def play(kiosk: Kiosk, story: list[e.Event | float]) -> None:
    """Play a story step by step, checking what must hold after each."""
    for step in story:
        before = len(kiosk.done)
        had = leave_of(kiosk)
        if isinstance(step, float):
            kiosk.until(kiosk.now + step)
        else:
            kiosk.feed(step)
        check(kiosk, step, had, kiosk.done[before:])


def leave_of(kiosk: Kiosk) -> set[str]:
    return set(kiosk.machine.visit.control.grants) if kiosk.machine.visit else set()


def check(kiosk: Kiosk, step: e.Event | float, had: set[str], commands: list[c.Command]) -> None:
    tells = [each.message for each in commands if isinstance(each, c.TellStage)]
    if any(isinstance(each, stage.GoLive) for each in tells):
        assert kiosk.now >= T_0, "live before the hour"
    if any(isinstance(each, c.DoVerb) for each in commands):
        assert "control" in had, "a verb without leave"
    if any(isinstance(each, c.ScanPage) for each in commands):
        assert "scan" in had, "a scan without leave"
    if any(isinstance(each, stage.SendMirror) for each in tells):
        assert "see" in had, "the page without leave"
    if isinstance(step, e.StopPressed | e.BrowserLost) and kiosk.machine.visit:
        assert not leave_of(kiosk), "leave that survives stop or a cut"
    if any(isinstance(each, c.NoteFact) and each.fact.kind in END_KINDS for each in commands):
        assert not leave_of(kiosk), "leave that survives the end or a cut"
    gained = leave_of(kiosk) - had
    if gained:
        assert not isinstance(step, float), "leave given by time passing"


END_KINDS = {"ended", "cut", "declined", "unanswered", "wiped"}


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=40))
def test_whatever_happens_before_the_hour(story: list[e.Event | float]) -> None:
    play(Kiosk(authority=AUTHORITY).warm(), story)


@settings(max_examples=200, deadline=None)
@given(st.lists(steps, max_size=40))
def test_whatever_happens_in_a_call(story: list[e.Event | float]) -> None:
    play(Kiosk(authority=AUTHORITY).live().give("see", "control"), story)


@settings(max_examples=100, deadline=None)
@given(st.lists(agents, max_size=15))
def test_agent_alone_gets_no_leave_that_was_not_heard(story: list[control.FromAgent]) -> None:
    kiosk = Kiosk(authority=AUTHORITY).live()
    for said in story:
        kiosk.agent(said)
        assert not leave_of(kiosk)


@settings(max_examples=100, deadline=None)
@given(st.lists(steps, max_size=30))
def test_kiosk_is_idle_again_in_the_end(story: list[e.Event | float]) -> None:
    kiosk = Kiosk(authority=AUTHORITY).live()
    play(kiosk, story)
    kiosk.feed(e.BrowserReady())
    kiosk.until(T_0 + 100_000)
    assert kiosk.machine.visit is None
    assert kiosk.shown.view == "idle"
    assert kiosk.machine.deadline is None
