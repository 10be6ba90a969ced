"""Leave: asked aloud, shown, answered by touch or by word, noted; without it the kiosk refuses."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cordee_wire import control, stage
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import wait_until
from e2e.stand.voice import NotedVoice
from e2e.stand.world import World

QUESTIONS = {
    "see": "Puis-je voir cette page avec vous ?",
    "control": "Puis-je remplir cette page avec vous ?",
    "scan": "Puis-je numériser votre feuille ?",
}
CARD = ".card.ask"
NAME = "Élodie"


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> NotedVoice:
    return NotedVoice(tmp_path_factory.mktemp("voice"))


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, voice: NotedVoice) -> Iterator[Meeting]:
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720, kiosk_settings=voice.settings) as world:
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            yield begun


@pytest.fixture(autouse=True)
def _nothing_is_given(met: Meeting) -> None:
    for act in ("scan", "see"):
        met.tap.say(control.GiveBack(act=act))
    for act in QUESTIONS:
        wait_until(
            lambda act=act: met.counter.act(act).get_attribute("data-state") != "given",  # type: ignore[misc]
            within_s=10,
            what=f"{act} is given back",
        )


def test_without_any_leave_the_kiosk_refuses_every_act(met: Meeting) -> None:
    asked_before, mirrored = len(met.world.site.asked), met.tap.mirrored_bytes()
    for act in _every_act(met):
        done = met.tap.answer(act)
        assert (done.ok, done.code) == (False, "no_grant"), act
        assert "Demandez" in done.message
    met.tap.say(control.MirrorAgain())
    _let_pass(met)
    assert len(met.world.site.asked) == asked_before
    assert met.tap.mirrored_bytes() == mirrored
    assert _pages(met.world) == 0
    met.wait_for_entry("rejected", code="no_grant")


def test_page_may_not_be_filled_in_before_it_may_be_seen(met: Meeting) -> None:
    done = met.tap.answer(control.Ask(id=met.tap.next_id(), act="control"))
    assert (done.ok, done.code) == (False, "not_allowed")


def test_unknown_act_cannot_be_asked_for(met: Meeting) -> None:
    done = met.tap.answer(control.Ask(id=met.tap.next_id(), act="print"))
    assert (done.ok, done.code) == (False, "bad_request")


def test_each_act_is_asked_aloud_shown_and_answered_by_touch(
    met: Meeting, voice: NotedVoice
) -> None:
    given: list[str] = []
    for act, question in QUESTIONS.items():
        _ask_and_look(met, act, given)
        _is_no_other_question(met, act, given)
        assert f"Madame Martin vous demande : {question} Sans réponse, rien n’est fait." in (
            voice.sentences
        )
        met.twin.touch(f"{CARD} button:has-text('Non')")
        met.counter.wait_for_state(act, "refused")
        met.wait_for_entry("refused", act=act, how="touch")
        assert not [each for each in met.journal("granted") if each.detail["act"] == act]

        _ask_and_look(met, act, given)
        met.twin.touch(f"{CARD} button:has-text('Oui')")
        met.counter.wait_for_state(act, "given")
        entry = met.wait_for_entry("granted", act=act, how="touch")
        assert entry.actor_kind == "kiosk"
        given.append(act)
        met.twin.show(met.show(guest=True, grants=given))
        met.twin.wait_until_shown(".held")


def test_spoken_yes_is_declared_by_the_agent(met: Meeting) -> None:
    for act in QUESTIONS:
        met.counter.obtain(act)
        # A yes by touch from before may be the latest for as long as this one travels.
        granted = met.wait_for_entry("granted", act=act, how="declared")
        asked = met.wait_for_entry("asked", request=granted.detail["request"])
        assert asked.detail["act"] == act
    met.twin.show(met.show(guest=True, grants=list(QUESTIONS)))
    met.twin.wait_until_shown(".card.leaves")


def test_yes_claimed_for_what_was_never_asked_gives_nothing(met: Meeting) -> None:
    given = len(met.journal("granted"))
    met.tap.say(control.DeclareYes(request=4711))
    for act in _every_act(met):
        assert met.tap.answer(act).code == "no_grant"
    met.wait_for_entry("rejected", code="no_request")
    assert len(met.journal("granted")) == given


def test_yes_claimed_before_the_question_was_said_whole_gives_nothing(met: Meeting) -> None:
    number = met.journal("asked")[-1].detail["request"] + 1
    ask = control.Ask(id=met.tap.next_id(), act="see")
    met.tap.say(ask, control.DeclareYes(request=number))
    done = met.tap.done(ask.id)
    assert (done.ok, done.code) == (False, "not_allowed")
    met.wait_for_entry("rejected", code="declared_early")
    assert met.tap.answer(control.Go(id=met.tap.next_id(), where="reload")).code == "no_grant"
    # The question stands, and the citizen's own no ends it.
    met.counter.wait_for_state("see", "waiting")
    met.twin.show(met.show(request=number, request_act="see", request_state="waiting"))
    met.twin.touch(f"{CARD} button:has-text('Non')")
    met.counter.wait_for_state("see", "refused")


def test_leave_to_see_is_none_to_fill_in(met: Meeting) -> None:
    met.counter.obtain("see")
    met.counter.obtain("control")
    met.counter.write("#nom", NAME)
    click, typed = met.tap.sent(control.Click)[-1], met.tap.sent(control.Type)[-1]
    met.tap.say(control.GiveBack(act="control"))
    met.counter.wait_for_state("control", "revoked")
    asked_before = len(met.world.site.asked)
    for act in (
        control.Click(id=met.tap.next_id(), node=click.node, x=click.x, y=click.y),
        control.Type(id=met.tap.next_id(), node=typed.node, text="Mallory"),
        control.Press(id=met.tap.next_id(), key="Backspace"),
        control.Go(id=met.tap.next_id(), where="reload"),
        control.Scan(id=met.tap.next_id()),
    ):
        assert met.tap.answer(act).code == "no_grant"
    # A new picture of the page, whole, shows what it holds now.
    mirrored = met.tap.mirrored_bytes()
    met.tap.say(control.MirrorAgain())
    wait_until(lambda: met.tap.mirrored_bytes() > mirrored, within_s=10, what="a new picture")
    met.counter.wait_for_value("#nom", NAME)
    assert len(met.world.site.asked) == asked_before
    assert _pages(met.world) == 0


def _ask_and_look(met: Meeting, act: str, given: list[str]) -> None:
    """Ask, and find the question on the kiosk's screen."""
    met.counter.ask(act)
    met.twin.show(_asking(met, act, given))
    met.twin.wait_until_shown(CARD)


def _is_no_other_question(met: Meeting, act: str, given: list[str]) -> None:
    """Make sure that the picture tells the questions apart."""
    seen = met.twin.difference(f"{CARD} .question")
    for other in QUESTIONS.keys() - {act}:
        met.twin.show(_asking(met, other, given))
        assert met.twin.difference(f"{CARD} .question") > 2 * seen
    met.twin.show(_asking(met, act, given))


def _asking(met: Meeting, act: str, given: list[str]) -> stage.Show:
    return met.show(
        guest=bool(given), grants=given, request=1, request_act=act, request_state="waiting"
    )


def _every_act(met: Meeting) -> list[control.Verb | control.Scan]:
    new = met.tap.next_id
    return [
        control.Open(id=new(), url=met.world.site.url),
        control.Go(id=new(), where="reload"),
        control.Click(id=new(), node=1, x=0.5, y=0.5),
        control.Type(id=new(), node=0, text="x"),
        control.Press(id=new(), key="Enter"),
        control.Choose(id=new(), node=1, values=["x"]),
        control.Tick(id=new(), node=1, checked=True),
        control.Scroll(id=new(), node=0, top=10),
        control.Hover(id=new(), node=1, x=0.5, y=0.5),
        control.Scan(id=new()),
    ]


def _let_pass(met: Meeting) -> None:
    """Wait until the kiosk has treated everything said so far."""
    met.tap.answer(control.Go(id=met.tap.next_id(), where="reload"))


def _pages(world: World) -> int:
    """Return how many pages were scanned, whether the server has them or they still wait."""
    spooled = list((world.kiosk.state / "spool").glob("*"))
    stored = world.server.rows("select count(*) from documents_sealedpage")[0][0]
    return int(stored) + len(spooled)
