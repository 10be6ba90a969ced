"""The citizen's own keyboard: when it is open, and where what is typed goes."""

from __future__ import annotations

import pytest

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_wire import control, stage
from core.kiosk import Kiosk, entry_of

PASSWORD = e.SecretFocused(field=7, kind="password", pad="letters")
CODE = e.SecretFocused(field=8, kind="code", pad="digits", typed=3)


def open_kiosk(at: e.SecretFocused = PASSWORD) -> Kiosk:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.feed(at)
    return kiosk


def strokes(kiosk: Kiosk) -> list[tuple[int, str, str]]:
    return [(each.field, each.text, each.key) for each in kiosk.all(c.TypeSecret)]


def test_opens_in_a_blind_field_is_said_aloud_shown_and_told_to_the_agent() -> None:
    kiosk = open_kiosk(CODE)
    shown = kiosk.shown
    assert (shown.secret, shown.secret_kind, shown.secret_pad) == (8, "code", "digits")
    assert shown.secret_typed == 3
    assert kiosk.said(control.SecretAsked) == [control.SecretAsked(kind="code")]
    spoken = kiosk.all(c.SayPrompt)[-1].text
    assert spoken == f"Tapez votre code. {shown.agent} ne le voit pas."


def test_agent_learns_neither_what_is_typed_nor_how_much() -> None:
    kiosk = open_kiosk()
    before = len(kiosk.told(stage.SendControl))
    kiosk.feed(e.KeyPressed(text="é"))
    for typed in range(1, 9):
        kiosk.feed(e.SecretFocused(field=7, kind="password", pad="letters", typed=typed))
    assert kiosk.shown.secret_typed == 8
    assert len(kiosk.told(stage.SendControl)) == before
    assert len([each for each in kiosk.all(c.SayPrompt) if "mot de passe" in each.text]) == 1


def test_physical_strokes_go_to_the_field_and_only_edit_it() -> None:
    kiosk = open_kiosk()
    for key in (
        e.KeyPressed(text="é"),
        e.KeyPressed(name="Backspace"),
        e.KeyPressed(name="ArrowLeft"),
        e.KeyPressed(name="Tab", shift=True),
        e.KeyPressed(name="Enter"),
    ):
        kiosk.feed(key)
    edits = [(7, "é", ""), (7, "", "Backspace"), (7, "", "ArrowLeft")]
    assert strokes(kiosk) == [*edits, (7, "", "Done"), (7, "", "Done")]


def test_touches_go_to_the_field_that_was_shown_and_to_no_other() -> None:
    kiosk = open_kiosk()
    kiosk.stage(stage.SecretTyped(field=7, text="a"))
    kiosk.stage(stage.SecretTyped(field=7, key="Backspace"))
    kiosk.feed(CODE)
    kiosk.stage(stage.SecretTyped(field=7, text="b"))
    kiosk.stage(stage.SecretTyped(field=8, key="Done"))
    assert strokes(kiosk) == [(7, "a", ""), (7, "", "Backspace"), (8, "", "Done")]
    assert "secret_gone" in kiosk.rejects()


@pytest.mark.parametrize(
    ("text", "key"), [("", ""), ("", "F5"), ("a", "Done"), ("\n", ""), ("a" * 9, "")]
)
def test_what_is_no_stroke_is_refused(text: str, key: str) -> None:
    kiosk = open_kiosk()
    kiosk.stage(stage.SecretTyped(field=7, text=text, key=key))
    assert strokes(kiosk) == []
    assert "secret_malformed" in kiosk.rejects()


def test_keyboard_is_held_while_the_page_is_there_and_reaches_the_stage_alone() -> None:
    kiosk = Kiosk().live()
    assert not kiosk.all(c.HoldKeyboard)
    kiosk.give("see")
    assert kiosk.all(c.HoldKeyboard) == [c.HoldKeyboard(is_held=True)]
    kiosk.feed(e.KeyPressed(text="a"))
    kiosk.feed(e.KeyPressed(name="Tab"))
    assert strokes(kiosk) == []
    assert kiosk.all(c.PressOnStage)[-1] == c.PressOnStage(name="Tab")
    kiosk.agent(control.End())
    assert kiosk.all(c.HoldKeyboard)[-1] == c.HoldKeyboard(is_held=False)


def test_stop_closes_it_although_the_focus_stays() -> None:
    kiosk = open_kiosk()
    kiosk.feed(e.StopPressed())
    assert kiosk.shown.secret == 0
    assert kiosk.said(control.SecretAsked)[-1] == control.SecretAsked()
    kiosk.feed(e.KeyPressed(text="a"))
    kiosk.stage(stage.SecretTyped(field=7, text="a"))
    assert strokes(kiosk) == []


def test_agent_moves_the_focus_away_and_can_ask_again() -> None:
    kiosk = open_kiosk()
    kiosk.feed(e.SecretFocused())
    assert kiosk.shown.secret == 0
    kiosk.feed(PASSWORD)
    asked = ["password", "", "password"]
    assert [each.kind for each in kiosk.said(control.SecretAsked)] == asked


def test_question_comes_before_it() -> None:
    kiosk = open_kiosk()
    request = kiosk.ask("scan", ask_id=5)
    assert (kiosk.shown.secret, kiosk.shown.request_act) == (0, "scan")
    kiosk.stage(stage.Touched(what="no", request=request))
    assert kiosk.shown.secret == 7


def test_stroke_meant_for_the_field_answers_no_request_that_has_just_closed_it() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(PASSWORD)
    kiosk.agent(control.Ask(act="control", id=9))
    kiosk.feed(e.KeyPressed(name="Tab"))
    kiosk.feed(e.KeyPressed(name="Enter"))
    assert kiosk.all(c.PressOnStage) == []
    prompt = kiosk.all(c.SayPrompt)[-1].id
    kiosk.stage(stage.Spoken(id=prompt))
    kiosk.feed(e.KeyPressed(name="Tab"))
    assert [each.name for each in kiosk.all(c.PressOnStage)] == ["Tab"]


def test_without_leave_to_see_it_stays_closed() -> None:
    kiosk = Kiosk().live()
    kiosk.feed(PASSWORD)
    kiosk.feed(e.KeyPressed(text="a"))
    assert kiosk.shown.secret == 0
    assert strokes(kiosk) == []


def test_unknown_kind_and_a_lost_browser_close_it() -> None:
    kiosk = open_kiosk()
    kiosk.feed(e.SecretFocused(field=9, kind="nonsense", pad="letters"))
    assert kiosk.shown.secret == 0
    kiosk.feed(PASSWORD)
    kiosk.feed(e.BrowserLost("killed"))
    assert kiosk.all(c.HoldKeyboard)[-1] == c.HoldKeyboard(is_held=False)
    kiosk.feed(e.KeyPressed(text="a"))
    assert strokes(kiosk) == []


def test_partners_rules_come_with_the_guest() -> None:
    rules = ["partenaire.invalid #numero-fiscal"]
    kiosk = Kiosk()
    kiosk.entries = [entry_of(kiosk.authority, blind_rules=rules)]
    kiosk.live().give("see")
    assert kiosk.all(c.OpenGuest)[0].blind_rules == rules


def test_what_was_typed_stands_in_no_report() -> None:
    typed = "Chamois"
    reported = [
        e.KeyPressed(text=typed),
        c.TypeSecret(7, text=typed),
        c.PressOnStage(text=typed),
        e.StageTold(stage.SecretTyped(field=7, text=typed)),
    ]
    assert typed not in repr(reported)
