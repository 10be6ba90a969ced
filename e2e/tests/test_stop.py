"""Stop: key or touch end seeing, steering and scanning at once, whatever the page does."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

import pytest

from cordee_wire import control
from e2e.stand.facts import about
from e2e.stand.meeting import Meeting, meeting, seated
from e2e.stand.processes import NotInTime, wait_until
from e2e.stand.voice import NotedVoice
from e2e.stand.world import World

ACTS = ("see", "control", "scan")
AT_ONCE_S = 3
"""For the slowest machine: the kiosk takes all back within some hundredths of a second."""
STOPPED = "C’est arrêté. L’appel continue."
TICKS = "setInterval(() => { document.title = ++n; fetch('/essai/tic'); }, 100);"
PAGES = {
    "/essai/fenetre": f"""<!doctype html><title>Fenêtre</title><button id="ouvrir">Ouvrir</button>
<p id="etat">fermée</p><script>let n = 0; {TICKS}
document.getElementById("ouvrir").onclick = () => {{
  const opened = window.open("", "", "width=400,height=300");
  document.getElementById("etat").textContent = opened && !opened.closed ? "ouverte" : "refusée";
  fetch("/essai/ouverte");
  const watch = setInterval(() => {{
    if (opened.closed) {{ clearInterval(watch); fetch("/essai/fermee"); }}
  }}, 20);
}};</script>""",
    "/essai/liste": f"""<!doctype html><title>Liste</title>
<style>select {{ position: fixed; inset: 0; inline-size: 100%; block-size: 100% }}</style>
<select id="liste"><option>un</option><option>deux</option><option>trois</option></select>
<script>let n = 0; {TICKS}
document.getElementById("liste").onclick = () => fetch("/essai/touche");</script>""",
    "/essai/boucle": """<!doctype html><title>Boucle</title><button id="boucle">Boucle</button>
<script>document.getElementById("boucle").onclick = () => {
  const asked = new XMLHttpRequest();
  asked.open("GET", "/essai/commence", false);
  asked.send();
  for (;;);
};</script>""",
}


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meeting]:
    voice = NotedVoice(tmp_path_factory.mktemp("voice"))
    folder = tmp_path_factory.mktemp("world")
    with World(folder, width_px=1280, height_px=720, kiosk_settings=voice.settings) as world:
        world.site.pages.update(PAGES)
        world.wait_for_kiosk()
        with seated(world) as agent, meeting(world, agent) as begun:
            yield begun


def by_key(met: Meeting) -> str:
    met.world.kiosk.press_stop()
    return "stop_key"


def by_touch(met: Meeting) -> str:
    met.twin.show(met.show(guest=True, grants=[*ACTS]))
    met.twin.touch(".held .button.stop")
    return "touch"


both_ways = pytest.mark.parametrize("stop", [by_key, by_touch])
Stop = Callable[[Meeting], str]


@both_ways
def test_stop_with_a_field_of_the_form_focused(met: Meeting, stop: Stop) -> None:
    _obtain_all(met)
    _open(met, met.world.site.url)
    _click(met, "#nom")
    met.counter.mirror().locator("#nom[data-cordee-focus]").wait_for(timeout=20_000)
    # The citizen's own keys reach blind fields only: the page is seen to change, and not by them.
    met.world.screen.type("a")
    met.counter.write("#telephone", "0")
    assert met.counter.mirror().locator("#nom").input_value() == ""
    _stop_and_look(met, stop)
    _goes_on(met)
    met.counter.write("#courriel", "elodie@exemple.fr")


@both_ways
def test_stop_with_a_window_of_the_page_open(met: Meeting, stop: Stop) -> None:
    _obtain_all(met)
    _open(met, f"{met.world.site.base}essai/fenetre")
    met.counter.wait_for_text("#etat", "fermée")
    before = _windows(met)

    def has_window() -> bool:
        """Let the page open its window, again when the counter still showed the page before."""
        if _windows(met) == before:
            met.counter.click("#ouvrir")
            with contextlib.suppress(NotInTime):
                wait_until(lambda: _windows(met) > before, within_s=2, what="a window is open")
        return _windows(met) > before

    def stop_beside_it(met: Meeting) -> str:
        # The kiosk closes such a window by itself after a while: it opens just before Stop.
        met.twin.show(met.show(guest=True, grants=[*ACTS]))
        wait_until(has_window, within_s=20, what="the page has a window open")
        # It covers nothing: the strip that says who has the hand is all there.
        red, _, blue = met.world.screen.pixel(4, 4)
        assert red > blue + 100, "the strip is on the screen"
        return stop(met)

    _stop_and_look(met, stop_beside_it)
    _stays_unseen(met)
    _goes_on(met)


@both_ways
def test_stop_after_the_citizen_touched_a_list(met: Meeting, stop: Stop) -> None:
    _obtain_all(met)
    _open(met, f"{met.world.site.base}essai/liste")
    met.counter.wait_for_value("#liste", "un")
    floating = met.world.screen.floating_windows()
    met.twin.show(met.show(guest=True, grants=[*ACTS]))
    _touch_the_page(met)
    # The first touch on Stop counts: no window of a list lies above the stage to take it.
    assert met.world.screen.floating_windows() == floating
    _stop_and_look(met, stop)
    _stays_unseen(met)
    _goes_on(met)


@both_ways
def test_stop_with_the_page_in_an_endless_loop(met: Meeting, stop: Stop) -> None:
    _obtain_all(met)
    _open(met, f"{met.world.site.base}essai/boucle")
    begun = met.world.site.asked.count("/essai/commence")
    _click(met, "#boucle")
    wait_until(
        lambda: met.world.site.asked.count("/essai/commence") > begun,
        within_s=10,
        what="the page's loop has begun",
    )
    _stop_and_look(met, stop)
    _goes_on(met)
    # The page is stuck for good: the agent can still leave it.
    _open(met, met.world.site.url)
    met.counter.write("#courriel", "elodie@exemple.fr")


def test_visit_ends_in_good_order_after_all_that(met: Meeting) -> None:
    met.counter.end(outcome="done")
    met.wait_for_entry("ended", by="agent")


def _obtain_all(met: Meeting) -> None:
    for act in ACTS:
        if met.counter.act(act).get_attribute("data-state") != "given":
            met.counter.obtain(act)
    met.twin.show(met.show(guest=True, grants=[*ACTS]))
    met.twin.wait_until_shown(".held")


def _goes_on(met: Meeting) -> None:
    """The call has not suffered, and every act can be had again."""
    met.tap.wait_for_pictures()
    _obtain_all(met)


def _open(met: Meeting, url: str) -> None:
    done = met.tap.answer(control.Open(id=met.tap.next_id(), url=url))
    assert done.ok, done.message


def _stop_and_look(met: Meeting, stop: Stop) -> None:
    """Stop, and find everything taken away: at the kiosk, at the counter and in the journal."""
    revoked, stopped = len(met.journal("revoked")), len(met.tap.heard(control.Stopped))
    how = stop(met)
    stopped_at = time.time()
    for act in ACTS:
        met.counter.wait_for_state(act, "revoked")
    wait_until(
        lambda: len(met.tap.heard(control.Stopped)) > stopped, within_s=10, what="the agent is told"
    )
    assert met.tap.heard(control.Stopped)[-1].how == how
    # The kiosk itself refuses from here on; the page was not asked.
    mirrored = _mirrored_at_last(met)
    for verb in (
        control.Open(id=met.tap.next_id(), url=met.world.site.url),
        control.Type(id=met.tap.next_id(), node=0, text="x"),
        control.Press(id=met.tap.next_id(), key="Enter"),
        control.Scan(id=met.tap.next_id()),
    ):
        assert met.tap.answer(verb).code == "no_grant"
    assert met.tap.mirrored_bytes() == mirrored
    met.twin.show(met.show(note=STOPPED))
    met.twin.wait_until_shown(".card.note")
    wait_until(
        lambda: len(met.journal("revoked")) == revoked + len(ACTS),
        within_s=15,
        what="all in the journal",
    )
    taken = met.journal("revoked")[-len(ACTS) :]
    assert {entry.detail["how"] for entry in taken} == {how}
    assert {entry.detail["act"] for entry in taken} == set(ACTS)
    told = [one for one in about(met.world.kiosk.log(), met.visit) if one.get("kind") == "revoked"]
    assert max(one["at"] for one in told[-len(ACTS) :]) - stopped_at < AT_ONCE_S


def _stays_unseen(met: Meeting) -> None:
    """The page goes on changing, and nothing of it comes to the agent."""
    mirrored, ticked = _mirrored_at_last(met), met.world.site.asked.count("/essai/tic")
    wait_until(
        lambda: met.world.site.asked.count("/essai/tic") > ticked + 5,
        within_s=15,
        what="the page goes on",
    )
    met.tap.answer(control.Go(id=met.tap.next_id(), where="reload"))
    assert met.tap.mirrored_bytes() == mirrored


def _mirrored_at_last(met: Meeting) -> int:
    """Return how much of the page has come once nothing is under way any more.

    Two answers of the kiosk in a row have brought nothing with them. While the mirror is on this
    never comes true: the pages change ten times a second.
    """

    def brings_nothing() -> bool:
        before = met.tap.mirrored_bytes()
        met.tap.answer(control.Press(id=met.tap.next_id(), key="Enter"))
        return met.tap.mirrored_bytes() == before

    wait_until(
        lambda: brings_nothing() and brings_nothing(), within_s=10, what="the mirror is quiet"
    )
    return met.tap.mirrored_bytes()


def _click(met: Meeting, css: str) -> None:
    """Click, again when the counter still showed the page before."""

    def is_clicked() -> bool:
        met.counter.click(css)
        return met.tap.done(met.tap.sent(control.Click)[-1].id).ok

    wait_until(is_clicked, within_s=20, what=f"{css} is clicked")


def _windows(met: Meeting) -> int:
    """Return how many windows pages have opened less those closed, as they told their server."""
    asked = met.world.site.asked
    return asked.count("/essai/ouverte") - asked.count("/essai/fermee")


def _touch_the_page(met: Meeting) -> None:
    """Touch the list, again when the screen still showed the page before."""
    before = met.world.site.asked.count("/essai/touche")

    def is_touched() -> bool:
        met.twin.touch(".hole")
        with contextlib.suppress(NotInTime):
            return wait_until(
                lambda: met.world.site.asked.count("/essai/touche") > before,
                within_s=3,
                what="the page says so",
            )
        return False

    wait_until(is_touched, within_s=20, what="the page is touched")
