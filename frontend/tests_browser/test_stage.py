"""The built stage in a real Chromium: what it shows, says and answers, on both screens' sizes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

FRONTEND = Path(__file__).resolve().parents[1]
T = 1_795_507_200.0
BASE: dict[str, Any] = {
    "type": "show",
    "now": T + 61,
    "site": "Maison de la vallée, Guillestre",
    "phone": "04 65 71 00 12",
    "visit": "4f1d0c9a7be24b0f9f6d1f2a3b4c5d6e",
    "starts_at": T,
    "ends_at": T + 2700,
    "citizen": "Lucie",
    "agent": "Madame Martin",
    "partner": "Allocations familiales",
    "reason": "Demande d’aide au logement",
}
SEE = {"guest": True, "guest_host": "allocations.exemple.fr", "grants": ["see"]}
LONG = {
    "citizen": "Marie-Antoinette",
    "agent": "Madame Villeneuve-Dauphin",
    "partner": "Caisse d’assurance maladie",
    "guest_host": "formulaires-en-ligne.assurance.exemple.fr",
}
VIEWS: dict[str, dict[str, Any]] = {
    "idle": {"view": "idle", "now": T - 2580, "next_at": T},
    "idle-none": {"view": "idle", "now": T - 2580},
    "welcome": {"view": "welcome", "now": T - 480},
    "countdown": {"view": "countdown", "now": T - 8},
    "late": {"view": "late"},
    "call": {"view": "call", "code": "4187"},
    "call-asked": {
        "view": "call",
        "code": "4187",
        "request": 1,
        "request_act": "see",
        "request_state": "waiting",
    },
    "call-slow": {"view": "call", "code": "4187", "line": "slow"},
    "call-cut": {"view": "call", "code": "4187", "line": "cut", "camera_covered": True},
    "call-end": {"view": "call", "code": "4187", "ask_end": True},
    "together-see": {"view": "call", "code": "4187", **SEE},
    "together-asked": {
        "view": "call",
        "code": "4187",
        **SEE,
        "grants": ["see", "control"],
        "request": 3,
        "request_act": "scan",
        "request_state": "waiting",
    },
    "together-control": {"view": "call", "code": "4187", **SEE, "grants": ["see", "control", "scan"]},
    "together-scan": {"view": "call", "code": "4187", **SEE, "scanning": "scanning"},
    "together-cut": {"view": "call", "code": "4187", **SEE, "grants": [], "line": "cut"},
    "welcome-long": {"view": "welcome", "now": T - 48, **LONG},
    "late-long": {"view": "late", **LONG},
    "call-long": {
        "view": "call",
        "code": "4187",
        **LONG,
        "request": 1,
        "request_act": "control",
        "request_state": "waiting",
    },
    "together-long": {"view": "call", "code": "4187", **SEE, **LONG, "line": "slow"},
    "together-end": {"view": "call", "code": "4187", **SEE, "ask_end": True},
    "apology": {"view": "apology"},
    "thanks": {"view": "thanks"},
    "trouble": {"view": "trouble"},
}
SIZES = [(1280, 720), (1920, 1080)]
TELL = "(message) => globalThis.cordee.receive(JSON.stringify(message))"


@pytest.fixture(scope="session")
def built() -> None:
    """Build the stage as the package ships it."""
    subprocess.run(["node", "build.mjs", "stage"], cwd=FRONTEND, check=True, capture_output=True)


@pytest.fixture
def stage(built: None, context: BrowserContext, page: Page, origin: str) -> Page:
    """Open the stage; what it says to the daemon is in `said`."""
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.on(
        "console",
        lambda line: line.type == "error" and page.errors.append(line.text),  # type: ignore[attr-defined]
    )
    page.add_init_script(
        "globalThis.said = []; globalThis.cordeeSend = (text) => said.push(JSON.parse(text));"
    )
    page.goto(f"{origin}/")
    _until(page, "said.some((m) => m.type === 'stage_ready')")
    return page


@pytest.fixture
def show(stage: Page) -> Callable[[str], None]:
    """Send the Show of that name."""
    return lambda name: stage.evaluate(TELL, {**BASE, **VIEWS[name]})


def _until(stage: Page, condition: str) -> None:
    """Wait for a condition. Playwright's own waiting evaluates text in the page: the CSP forbids it."""
    deadline = time.monotonic() + 20
    while not stage.evaluate(condition):
        assert time.monotonic() < deadline, condition
        stage.wait_for_timeout(20)


def _said(stage: Page, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stage.evaluate("(t) => said.filter((m) => m.type === t)", kind)
    return found


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_cut_off_and_the_phone_is_always_there(
    stage: Page, show: Callable[[str], None], name: str, size: tuple[int, int], tmp_path: Path
) -> None:
    stage.set_viewport_size({"width": size[0], "height": size[1]})
    if not name.startswith(("idle", "welcome", "apology", "thanks", "trouble")):
        stage.evaluate(TELL, {"type": "open_camera"})
        _until(stage, "said.some((m) => m.type === 'camera_state')")
    show(name)
    stage.evaluate("document.fonts.ready")
    folder = Path(os.environ.get("CORDEE_PICTURES", tmp_path))
    stage.screenshot(path=folder / f"stage-{name}-{size[0]}.png")
    outside = stage.evaluate(
        """() => [...document.querySelectorAll("main *:not(.hidden):not(svg *):not(.tie)")].filter((e) => {
          const b = e.getBoundingClientRect();
          if (b.width === 0 || b.height === 0) return false;
          if (e.matches("button") && e.scrollWidth > e.clientWidth + 1) return true;
          const c = e.parentElement.closest(".card, .sheet, .next, .rest, .held, .foot, .end, .ground, .privacy, .soon");
          const o = c ? c.getBoundingClientRect() : { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
          return b.left < o.left - 2 || b.top < o.top - 2 || b.right > o.right + 2 || b.bottom > o.bottom + 2;
        }).map((e) => e.className + ": " + e.textContent.slice(0, 40))"""
    )
    assert outside == []
    assert "04 65 71 00 12" in stage.inner_text("main")
    assert stage.errors == []  # type: ignore[attr-defined]


def test_yes_and_no_weigh_the_same_and_name_their_request(
    stage: Page, show: Callable[[str], None]
) -> None:
    show("together-asked")
    boxes = [stage.locator(f"[data-touch={what}]").bounding_box() for what in ("yes", "no")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=0.5)
    assert boxes[0]["height"] == pytest.approx(boxes[1]["height"], abs=0.5)
    stage.click("[data-touch=no]")
    assert _said(stage, "touched") == [{"type": "touched", "what": "no", "request": 3}]


def test_stop_is_said_once_for_a_press_and_reachable_by_keyboard(
    stage: Page, show: Callable[[str], None]
) -> None:
    show("together-control")
    stage.click("[data-touch=stop]")
    assert [said["what"] for said in _said(stage, "touched")] == ["stop"]


def test_stop_answers_the_keyboard(stage: Page, show: Callable[[str], None]) -> None:
    show("call")
    stage.keyboard.press("Tab")
    stage.keyboard.press("Enter")
    assert [said["what"] for said in _said(stage, "touched")] == ["stop"]


def test_hole_is_told_in_device_pixels_and_taken_back(
    stage: Page, show: Callable[[str], None]
) -> None:
    show("together-see")
    _until(stage, "said.some((m) => m.type === 'hole_moved')")
    hole = _said(stage, "hole_moved")[-1]
    box = stage.locator(".hole").bounding_box()
    assert box is not None
    assert abs(hole["left"] - box["x"]) <= 1
    assert abs(hole["width"] - box["width"]) <= 1
    assert hole["width"] > 700
    show("call")
    _until(stage, "said.filter((m) => m.type === 'hole_moved').at(-1).width === 0")


def test_focus_stays_on_a_button_while_the_seconds_go_by(
    stage: Page, show: Callable[[str], None]
) -> None:
    show("countdown")
    stage.focus("[data-touch=not_now]")
    _until(stage, "document.querySelector('.seconds').textContent === '6'")
    assert stage.evaluate("document.activeElement.dataset.touch") == "not_now"


def test_message_that_is_none_is_refused_and_the_stage_goes_on(
    stage: Page, show: Callable[[str], None]
) -> None:
    for text in ("{", '{"type":"dance"}', '{"type":"show","view":"party","now":1}'):
        refused = stage.evaluate(
            "(t) => { try { cordee.receive(t); return ''; } catch (e) { return e.message; } }", text
        )
        assert refused.startswith("Message")
    show("call")
    assert stage.locator("[data-touch=stop]").is_visible()


def test_prompt_is_answered_once_it_has_been_heard(stage: Page) -> None:
    stage.evaluate(
        """() => {
          const samples = 4000, bytes = new DataView(new ArrayBuffer(44 + samples * 2));
          const text = (at, s) => [...s].forEach((c, i) => bytes.setUint8(at + i, c.charCodeAt(0)));
          text(0, "RIFF"); bytes.setUint32(4, 36 + samples * 2, true); text(8, "WAVEfmt ");
          bytes.setUint32(16, 16, true); bytes.setUint16(20, 1, true); bytes.setUint16(22, 1, true);
          bytes.setUint32(24, 8000, true); bytes.setUint32(28, 16000, true);
          bytes.setUint16(32, 2, true); bytes.setUint16(34, 16, true);
          text(36, "data"); bytes.setUint32(40, samples * 2, true);
          const wav = btoa(String.fromCharCode(...new Uint8Array(bytes.buffer)));
          cordee.receive(JSON.stringify({ type: "speak", id: 7, text: "Bonjour", wav }));
          cordee.receive(JSON.stringify({ type: "speak", id: 8, text: "?", wav: btoa("nothing") }));
          cordee.receive(JSON.stringify({ type: "speak", id: 9, text: "Bonjour", wav }));
        }"""
    )
    _until(stage, "said.some((m) => m.type === 'spoken' && m.id === 9)")
    assert [said["id"] for said in _said(stage, "spoken")] == [7, 9]


def test_two_stages_call_each_other_live_only_when_told(
    stage: Page, bundled: Callable[[str], Path]
) -> None:
    """The stage on one side; on the other the agent's end of the same page's code."""
    stage.evaluate(bundled("peers").read_text() + "; globalThis.peers = peers;")
    stage.evaluate(
        """async () => {
          const tell = (m) => cordee.receive(JSON.stringify(m));
          globalThis.agent = peers.openPeer({
            role: "agent", iceServers: [], relayOnly: false,
            onSignal: (s) => tell({ type: "signal_in", signal: JSON.stringify(s) }),
            onState: () => {}, onTrack: () => {},
            onControl: (text) => { globalThis.heard = text; },
          });
          const push = said.push.bind(said);
          said.push = (m) => {
            push(m);
            if (m.type === "signal_out") agent.receive(JSON.parse(m.signal));
            return said.length;
          };
          tell({ type: "negotiate", visit: "v", instance: "k", to: "a", ice_servers: [], relay_only: false });
        }"""
    )
    _until(stage, 
        "said.some((m) => m.type === 'call_state' && m.connection === 'connected' && m.control === 'open')"
    )
    stage.evaluate(TELL, {"type": "open_camera"})
    _until(stage, "said.some((m) => m.type === 'camera_state' && m.state === 'opened')")
    assert _said(stage, "went_live") == []
    stage.evaluate("async () => agent.goLive(await peers.openCamera())")
    stage.evaluate(TELL, {"type": "go_live"})
    _until(stage, "said.some((m) => m.type === 'face_decoded')")
    _until(stage, "said.some((m) => m.type === 'went_live')")
    stage.evaluate(TELL, {"type": "send_control", "text": json.dumps({"type": "live", "at": T})})
    _until(stage, "globalThis.heard")
    stage.evaluate("agent.sendControl('{\"type\":\"end\"}')")
    _until(stage, "said.some((m) => m.type === 'control_arrived')")
    _until(stage, "said.some((m) => m.type === 'line_measured' && m.up_bps > 0)")
    stage.evaluate(TELL, {"type": "hang_up"})
    assert stage.evaluate("document.querySelector('.self video').srcObject") is None
    assert stage.errors == []  # type: ignore[attr-defined]
