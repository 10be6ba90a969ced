"""The guest as a picture: who may have it, when it ends, what the agent is told."""

from __future__ import annotations

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_wire import control
from core.kiosk import Kiosk

ASKED = control.ShowAs(way="picture")


def _seeing() -> Kiosk:
    return Kiosk().live().give("see")


def test_without_leave_to_see_there_is_no_picture() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(ASKED)
    assert not kiosk.all(c.TurnPicture)
    assert "no_grant" in kiosk.rejects()


def test_agent_is_told_once_the_picture_is_there_and_when_it_is_covered() -> None:
    kiosk = _seeing()
    kiosk.agent(ASKED)
    assert len(kiosk.all(c.TurnPicture)) == 1
    assert not kiosk.said(control.ShownAs)
    kiosk.feed(e.PictureWent("shown"))
    kiosk.feed(e.PictureWent("covered"))
    assert kiosk.said(control.ShownAs) == [
        control.ShownAs(way="picture", why="asked", covered=False),
        control.ShownAs(way="picture", why="asked", covered=True),
    ]


def test_picture_that_fails_gives_way_to_the_mirror_and_says_so() -> None:
    kiosk = _seeing()
    kiosk.agent(ASKED)
    before = len(kiosk.all(c.TurnMirror))
    kiosk.feed(e.PictureWent("failed"))
    assert kiosk.all(c.TurnMirror)[before:] == [c.TurnMirror(is_on=True)]
    assert kiosk.said(control.ShownAs)[-1] == control.ShownAs(way="mirror", why="failed")


def test_agent_goes_back_to_the_mirror() -> None:
    kiosk = _seeing()
    kiosk.agent(ASKED)
    kiosk.feed(e.PictureWent("shown"))
    kiosk.agent(control.ShowAs(way="mirror"))
    assert kiosk.all(c.TurnMirror)[-1] == c.TurnMirror(is_on=True)
    assert kiosk.said(control.ShownAs)[-1].way == "mirror"
    kiosk.feed(e.PictureWent("shown"))
    assert kiosk.said(control.ShownAs)[-1].way == "mirror"


def test_mirror_that_cannot_follow_turns_into_a_picture_and_says_why() -> None:
    kiosk = _seeing()
    kiosk.agent(control.ShowAs(way="picture", why="unfaithful"))
    kiosk.agent(control.ShowAs(way="picture", why="unfaithful"))
    assert len(kiosk.all(c.TurnPicture)) == 1
    kiosk.feed(e.PictureWent("shown"))
    assert kiosk.said(control.ShownAs)[-1].why == "unfaithful"


def test_verb_is_answered_on_control_while_no_mirror_carries_the_answer() -> None:
    kiosk = _seeing()
    kiosk.give("control")
    kiosk.agent(ASKED)
    click = control.Click(id=9, node=0, x=0.5, y=0.5)
    kiosk.agent(click)
    kiosk.feed(e.VerbAnswered(click, control.Done(id=9, ok=True)))
    assert kiosk.said(control.Done)[-1] == control.Done(id=9, ok=True)
    kiosk.agent(control.MirrorAgain())
    assert "not_mirrored" in kiosk.rejects()


def test_stop_ends_the_picture_and_see_anew_begins_with_the_mirror() -> None:
    kiosk = _seeing()
    kiosk.agent(ASKED)
    kiosk.feed(e.PictureWent("shown"))
    kiosk.feed(e.StopPressed())
    assert kiosk.all(c.TurnMirror)[-1] == c.TurnMirror(is_on=False)
    told = len(kiosk.said(control.ShownAs))
    kiosk.feed(e.PictureWent("shown"))
    assert len(kiosk.said(control.ShownAs)) == told
    kiosk.give("see")
    assert kiosk.all(c.TurnMirror)[-1] == c.TurnMirror(is_on=True)
