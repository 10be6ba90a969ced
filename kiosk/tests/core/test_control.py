"""Leave for each act: how it comes, and how it goes."""

from __future__ import annotations

import pytest
from authority import Authority

from cordee_kiosk.core import commands as c
from cordee_kiosk.core import events as e
from cordee_kiosk.core import words
from cordee_kiosk.core.control import Control
from cordee_kiosk.core.facts import Facts
from cordee_wire import control, stage
from core.kiosk import T_0, Kiosk, entry_of

CLICK = control.Click(id=9, node=3, x=0.5, y=0.5)


def test_request_is_spoken_and_shown() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.Ask(act="see", id=1))
    spoken = kiosk.all(c.SayPrompt)[-1]
    assert spoken.id == 1
    assert "Sans réponse, rien n’est fait." in spoken.text
    assert (kiosk.shown.request, kiosk.shown.request_act) == (1, "see")
    assert kiosk.shown.request_state == "speaking"
    assert kiosk.facts("asked")[0].detail == {"act": "see", "request": 1}


def test_touch_gives_even_while_the_request_is_spoken() -> None:
    kiosk = Kiosk().live()
    request = kiosk.ask("see", is_heard=False)
    kiosk.stage(stage.Touched(what="yes", request=request))
    assert kiosk.said(control.Grant)[-1].state == "given"
    assert kiosk.facts("granted")[0].detail["how"] == "touch"
    assert kiosk.shown.grants == ["see"]


def test_touch_for_an_earlier_request_gives_nothing() -> None:
    kiosk = Kiosk().live()
    first = kiosk.ask("see")
    kiosk.agent(control.Withdraw(request=first))
    kiosk.ask("scan", ask_id=2)
    kiosk.stage(stage.Touched(what="yes", request=first))
    assert kiosk.shown.grants == []
    assert "no_request" in kiosk.rejects()


def test_yes_declared_for_what_was_never_asked_is_noted_and_gives_nothing() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.DeclareYes(request=7))
    assert kiosk.shown.grants == []
    assert not kiosk.facts("granted")
    assert [each.detail["code"] for each in kiosk.facts("rejected")] == ["no_request"]


def test_declared_yes_counts_once_the_request_has_been_heard() -> None:
    kiosk = Kiosk().live()
    request = kiosk.ask("see")
    kiosk.agent(control.DeclareYes(request=request))
    assert kiosk.facts("granted")[0].detail["how"] == "declared"


def test_declared_yes_before_the_request_is_spoken_is_refused_and_noted() -> None:
    kiosk = Kiosk().live()
    request = kiosk.ask("see", is_heard=False)
    kiosk.agent(control.DeclareYes(request=request))
    assert kiosk.shown.grants == []
    assert kiosk.said(control.Done)[-1].code == "not_allowed"
    assert kiosk.said(control.Prompted)[-1].state == "speaking"
    assert kiosk.facts("rejected")[0].detail["code"] == "declared_early"


@pytest.mark.parametrize("how", ["voice_missing", "voice_silent"])
def test_without_a_voice_only_a_touch_gives(how: str) -> None:
    kiosk = Kiosk().live()
    request = kiosk.ask("see", is_heard=False)
    if how == "voice_missing":
        kiosk.feed(e.VoiceFailed(request))
    else:
        kiosk.until(kiosk.now + 20)
    assert kiosk.said(control.Prompted)[-1].state == "waiting"
    kiosk.agent(control.DeclareYes(request=request))
    assert kiosk.shown.grants == []
    kiosk.stage(stage.Touched(what="yes", request=request))
    assert kiosk.shown.grants == ["see"]


def test_silence_gives_nothing() -> None:
    kiosk = Kiosk().live()
    kiosk.ask("see")
    kiosk.until(kiosk.now + 600)
    assert kiosk.said(control.Grant)[-1].state == "withdrawn"
    assert kiosk.shown.grants == []


def test_no_keeps_the_call() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.Touched(what="no", request=kiosk.ask("see")))
    assert kiosk.said(control.Grant)[-1].state == "refused"
    assert kiosk.facts("refused")[-1].detail["how"] == "touch"
    assert (kiosk.shown.view, kiosk.shown.note) == ("call", words.REFUSED)


def test_one_request_at_a_time() -> None:
    kiosk = Kiosk().live()
    kiosk.ask("see")
    kiosk.agent(control.Ask(act="scan", id=7))
    done = kiosk.said(control.Done)[-1]
    assert (done.id, done.ok, done.code) == (7, False, "busy")


def test_act_given_already_is_told_again_without_asking() -> None:
    kiosk = Kiosk().live().give("see")
    before = len(kiosk.all(c.SayPrompt))
    kiosk.agent(control.Ask(act="see", id=8))
    assert kiosk.said(control.Grant)[-1].state == "given"
    assert len(kiosk.all(c.SayPrompt)) == before


def test_control_needs_see() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.Ask(act="control", id=2))
    assert kiosk.said(control.Done)[-1].code == "not_allowed"


def test_unknown_act_is_refused_in_words() -> None:
    kiosk = Kiosk().live()
    kiosk.agent(control.Ask(act="print_money", id=2))
    assert kiosk.said(control.Done)[-1].message == words.UNKNOWN_ACT


def test_see_opens_the_guest_and_then_mirrors_it() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.Touched(what="yes", request=kiosk.ask("see")))
    assert kiosk.all(c.OpenGuest)[0].url == "https://partenaire.invalid/demande"
    before = kiosk.shown
    kiosk.feed(e.GuestOpened())
    assert not before.guest
    assert kiosk.all(c.TurnMirror)[-1].is_on
    assert kiosk.shown.guest
    assert kiosk.shown.guest_host == "partenaire.invalid"
    assert kiosk.facts("address_opened")[0].detail == {"host": "partenaire.invalid"}


def test_guest_that_does_not_open_takes_see_back() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.Touched(what="yes", request=kiosk.ask("see")))
    kiosk.feed(e.GuestOpened("outside", "Adresse refusée."))
    assert kiosk.shown.grants == []
    assert kiosk.said(control.Grant)[-1].state == "revoked"
    why = kiosk.said(control.Done)[-1]
    assert (why.ok, why.code, why.message) == (False, "outside", "Adresse refusée.")


@pytest.mark.parametrize(("url", "is_secure"), [("https://a.fr/", True), ("http://a.fr/", False)])
def test_address_says_whether_it_is_reached_by_https(url: str, *, is_secure: bool) -> None:
    kiosk = Kiosk().live().give("see")
    assert kiosk.shown.guest_secure
    kiosk.feed(e.GuestWent(url, "Page", may_back=False, may_forward=False))
    assert kiosk.shown.guest_secure is is_secure


def test_mirror_goes_out_only_while_see_is_given() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(e.MirrorWritten(b"\x01abc"))
    assert len(kiosk.told(stage.SendMirror)) == 1
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.feed(e.MirrorWritten(b"\x01abc"))
    assert len(kiosk.told(stage.SendMirror)) == 1
    assert not kiosk.all(c.TurnMirror)[-1].is_on


def test_pictures_go_out_only_while_see_is_given() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(e.BulkWritten(b"\x02abc"))
    assert len(kiosk.told(stage.SendBulk)) == 1
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.feed(e.BulkWritten(b"\x02abc"))
    assert len(kiosk.told(stage.SendBulk)) == 1


def test_what_a_page_says_by_itself_is_told_only_while_see_is_given() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.feed(e.GuestSaid("La page dit : « Bonjour »"))
    [done] = [each for each in kiosk.said(control.Done) if each.code == "dialog"]
    assert (done.id, done.message) == (0, "La page dit : « Bonjour »")
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.feed(e.GuestSaid("La page dit : « Encore »"))
    assert len([each for each in kiosk.said(control.Done) if each.code == "dialog"]) == 1


def test_location_is_told_only_while_see_is_given() -> None:
    kiosk = Kiosk().live().give("see")
    went = e.GuestWent("https://partenaire.invalid/2", "Page 2", may_back=True, may_forward=False)
    kiosk.feed(went)
    assert kiosk.said(control.Location)[-1].title == "Page 2"
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.feed(went)
    assert len(kiosk.said(control.Location)) == 1


def test_giving_see_back_takes_control_too() -> None:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.agent(control.GiveBack(act="see"))
    assert kiosk.shown.grants == []
    assert kiosk.all(c.HaltVerbs)


def test_giving_see_back_withdraws_a_request_for_control() -> None:
    kiosk = Kiosk().live().give("see")
    request = kiosk.ask("control", ask_id=5)
    kiosk.agent(control.GiveBack(act="see"))
    told = [(each.act, each.state) for each in kiosk.said(control.Grant)[-2:]]
    assert told == [("control", "withdrawn"), ("see", "revoked")]
    assert kiosk.shown.request == 0
    kiosk.stage(stage.Touched(what="yes", request=request))
    kiosk.agent(control.Open(id=9, url="https://partenaire.invalid/"))
    assert kiosk.shown.grants == []
    assert not kiosk.all(c.DoVerb)


def test_giving_see_back_leaves_a_request_for_a_scan() -> None:
    kiosk = Kiosk().live().give("see")
    request = kiosk.ask("scan", ask_id=5)
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.stage(stage.Touched(what="yes", request=request))
    assert kiosk.shown.grants == ["scan"]


def test_yes_to_control_gives_nothing_once_see_is_gone() -> None:
    acts = Control(entry_of(Authority()), Facts("b1", 0), grants={"see": "touch"})
    acts.ask(control.Ask(act="control", id=1), T_0)
    acts.grants.clear()
    commands = acts.answered(1, T_0, is_yes=True)
    assert (acts.grants, acts.request) == ({}, None)
    assert c.Reject("not_allowed") in commands


def test_see_given_again_shows_the_same_guest() -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.agent(control.GiveBack(act="see"))
    kiosk.stage(stage.Touched(what="yes", request=kiosk.ask("see", ask_id=4)))
    assert len(kiosk.all(c.OpenGuest)) == 1
    assert kiosk.shown.guest
    assert kiosk.all(c.TurnMirror)[-1].is_on


@pytest.mark.parametrize(
    "verb",
    [
        CLICK,
        control.Open(id=9, url="https://partenaire.invalid/"),
        control.Go(id=9, where="back"),
        control.Type(id=9, node=3, text="é"),
        control.Press(id=9, key="Tab"),
        control.Choose(id=9, node=3, values=["a"]),
        control.Tick(id=9, node=3, checked=True),
        control.Scroll(id=9, node=0, top=10),
    ],
)
def test_verb_without_control_is_refused_and_noted(verb: control.Verb) -> None:
    kiosk = Kiosk().live().give("see")
    kiosk.agent(verb)
    assert not kiosk.all(c.DoVerb)
    assert kiosk.said(control.Done)[-1].code == "no_grant"
    assert kiosk.facts("rejected")[0].detail["code"] == "no_grant"


def test_verb_with_control_is_carried_out_and_answered() -> None:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.agent(CLICK)
    assert kiosk.all(c.DoVerb)[0].verb == CLICK
    before = len(kiosk.said(control.Done))
    kiosk.feed(e.VerbAnswered(CLICK, control.Done(id=9, ok=True)))
    assert kiosk.all(c.AnswerInMirror)[-1].done.id == 9
    assert len(kiosk.said(control.Done)) == before


def test_verb_that_went_wrong_is_answered_by_itself() -> None:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.agent(CLICK)
    kiosk.feed(e.VerbAnswered(CLICK, control.Done(id=9, ok=False, code="gone")))
    assert kiosk.said(control.Done)[-1].code == "gone"
    assert not kiosk.all(c.AnswerInMirror)


def test_answer_that_found_the_mirror_off_is_said_by_itself() -> None:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.feed(e.AnswerUntold(control.Done(id=9, ok=True)))
    assert kiosk.said(control.Done)[-1].id == 9


def test_verb_answered_once_the_guest_is_gone_is_answered_by_itself() -> None:
    kiosk = Kiosk().live().give("see", "control")
    kiosk.agent(CLICK)
    kiosk.feed(e.GuestGone())
    kiosk.feed(e.VerbAnswered(CLICK, control.Done(id=9, ok=True)))
    assert kiosk.said(control.Done)[-1].id == 9
    assert not kiosk.all(c.AnswerInMirror)


def test_opened_address_is_noted_by_its_host_only() -> None:
    kiosk = Kiosk().live().give("see", "control")
    opened = control.Open(id=9, url="https://partenaire.invalid/a?nom=Denise")
    kiosk.feed(e.VerbAnswered(opened, control.Done(id=9, ok=True)))
    assert kiosk.facts("address_opened")[-1].detail == {"host": "partenaire.invalid"}


def test_too_many_verbs_at_once_are_refused() -> None:
    kiosk = Kiosk().live().give("see", "control")
    for number in range(65):
        kiosk.agent(control.Click(id=number, node=3, x=0, y=0))
    assert kiosk.said(control.Done)[-1].code == "busy"
    assert len(kiosk.all(c.DoVerb)) == 64


@pytest.mark.parametrize("how", ["stop_key", "touch"])
def test_stop_takes_everything_at_once_and_keeps_the_call(how: str) -> None:
    kiosk = Kiosk().live().give("see", "control", "scan")
    if how == "touch":
        kiosk.stage(stage.Touched(what="stop"))
    else:
        kiosk.feed(e.StopPressed())
    assert (kiosk.shown.view, kiosk.shown.grants, kiosk.shown.guest) == ("call", [], False)
    assert kiosk.said(control.Stopped)[0].how == how
    assert {fact.detail["act"] for fact in kiosk.facts("revoked")} == {"see", "control", "scan"}
    assert kiosk.all(c.HaltVerbs)
    assert not kiosk.facts("ended")


def test_stop_refuses_a_request_that_waits() -> None:
    kiosk = Kiosk().live()
    kiosk.ask("see")
    kiosk.feed(e.StopPressed())
    assert kiosk.said(control.Grant)[-1].state == "refused"
    assert not kiosk.shown.ask_end


def test_stop_with_nothing_given_asks_whether_to_end() -> None:
    kiosk = Kiosk().live()
    kiosk.feed(e.StopPressed())
    asked = kiosk.shown
    kiosk.until(kiosk.now + 61)
    assert (asked.ask_end, kiosk.shown.ask_end) == (True, False)
    assert kiosk.shown.view == "call"


def test_end_yes_without_the_question_does_nothing() -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.Touched(what="end_yes"))
    assert kiosk.shown.view == "call"
    assert "touch_out_of_place" in kiosk.rejects()


def test_agent_cannot_ask_before_the_hour() -> None:
    kiosk = Kiosk().warm()
    kiosk.agent(control.Ask(act="see", id=1))
    assert kiosk.said(control.Done)[-1].code == "no_grant"
    assert not kiosk.shown.request


@pytest.mark.parametrize("text", ["{", '{"type":"launch"}', '{"type":"click","id":1}', "x" * 20000])
def test_nonsense_from_the_agent_is_answered_in_words(text: str) -> None:
    kiosk = Kiosk().live()
    kiosk.stage(stage.ControlArrived(text=text))
    done = kiosk.said(control.Done)[-1]
    assert (done.ok, done.code) == (False, "bad_request")
    assert done.message


def test_rejected_acts_do_not_fill_the_journal() -> None:
    kiosk = Kiosk().live()
    for _ in range(50):
        kiosk.agent(CLICK)
    assert len(kiosk.facts("rejected")) == 1
    assert kiosk.now == T_0 + 5
