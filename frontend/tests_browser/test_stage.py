"""The built stage in a real Chromium: what it shows, says and answers, on both screens' sizes."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from e2e.stand.axe import barriers

FRONTEND = Path(__file__).resolve().parents[1]
T = 1_795_507_200.0
BASE_NOW = T + 61
BASE: dict[str, Any] = {
    "type": "show",
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
SEE = {
    "guest": True,
    "guest_host": "allocations.exemple.fr",
    "guest_secure": True,
    "grants": ["see"],
}
TOOL = "visio.allocations.exemple.fr"
TOOL_OPEN = {"guest": True, "guest_host": TOOL, "guest_secure": True, "camera_for": TOOL}
TOOL_UNKNOWN = (
    "Cette borne ne connaît pas la page de l’appel : elle ne l’ouvre pas. "
    "Appelez le numéro affiché."
)
LONG = {
    "citizen": "Marie-Antoinette",
    "agent": "Madame Villeneuve-Dauphin",
    "partner": "Caisse d’assurance maladie",
    "guest_host": "formulaires-en-ligne.assurance.exemple.fr",
    "guest_secure": False,
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
    "call-paused": {"view": "call", "code": "4187", "line": "paused"},
    "together-sound": {"view": "call", "code": "4187", "line": "sound", **SEE},
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
    "together-control": {
        "view": "call",
        "code": "4187",
        **SEE,
        "grants": ["see", "control", "scan"],
    },
    "together-scan": {"view": "call", "code": "4187", **SEE, "scanning": "scanning"},
    "together-cut": {"view": "call", "code": "4187", **SEE, "grants": [], "line": "cut"},
    "tool-welcome": {"view": "welcome", "now": T - 480, "tool": TOOL},
    "tool-countdown": {"view": "countdown", "now": T - 8, "tool": TOOL},
    "tool-opening": {"view": "call", "tool": TOOL},
    "tool-unknown": {"view": "call", "tool": TOOL, "note": TOOL_UNKNOWN},
    "tool-open": {"view": "call", "tool": TOOL, **TOOL_OPEN},
    "tool-stopped": {"view": "call", "tool": TOOL, "ask_end": True},
    "tool-apology": {"view": "apology", "tool": TOOL},
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
    "together-code": {
        "view": "call",
        "code": "4187",
        **SEE,
        "grants": ["see", "control"],
        "secret": 2,
        "secret_kind": "code",
        "secret_pad": "digits",
        "secret_typed": 4,
    },
    "together-card": {
        "view": "call",
        "code": "4187",
        **SEE,
        **LONG,
        "grants": ["see"],
        "secret": 4,
        "secret_kind": "card",
        "secret_pad": "digits",
    },
    "together-password": {
        "view": "call",
        "code": "4187",
        **SEE,
        **LONG,
        "grants": ["see", "control"],
        "secret": 3,
        "secret_kind": "password",
        "secret_pad": "letters",
        "secret_typed": 24,
    },
    "apology": {"view": "apology"},
    "thanks": {"view": "thanks"},
    "trouble": {"view": "trouble"},
}
SIZES = [(1280, 720), (1920, 1080)]
WITHIN_S = 20
SENT = "lines.at(-1).getSenders().map(({ track }) => track?.kind ?? null)"
"""What the connection made last sends, by kind."""
PACKETS, PICTURES = 150, 20
"""Three seconds of sound, in which Chromium's fake microphone beeps, and some pictures."""


@dataclass
class Stage:
    """The open stage, in the daemon's place."""

    page: Page
    errors: list[str] = field(default_factory=list)

    def tell(self, **message: Any) -> None:
        """Hand over a message."""
        self.page.evaluate("(text) => globalThis.cordee.receive(text)", json.dumps(message))

    def show(self, name: str) -> None:
        """Hand over the Show of that name."""
        self.tell(**{**BASE, "now": BASE_NOW, **VIEWS[name]})

    def said(self, kind: str) -> list[dict[str, Any]]:
        """Return what it has said of that type."""
        found: list[dict[str, Any]] = self.page.evaluate(
            "(kind) => said.filter((message) => message.type === kind)", kind
        )
        return found

    def until(self, condition: str) -> None:
        """Wait for a condition. Playwright's own waiting needs eval, which the stage forbids."""
        deadline = time.monotonic() + WITHIN_S
        while not self.page.evaluate(condition):
            assert time.monotonic() < deadline, condition
            self.page.wait_for_timeout(20)

    def until_said(self, kind: str, condition: str = "true") -> None:
        """Wait for a message `m` of that type for which the condition holds."""
        self.until(f"said.some((m) => m.type === '{kind}' && ({condition}))")


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """Build the stage as the package ships it."""
    subprocess.run(["node", "build.mjs", "stage"], cwd=FRONTEND, check=True, capture_output=True)


@pytest.fixture
def stage(page: Page, origin: str) -> Stage:
    """Open the stage; what it says to the daemon is in `said`."""
    stage = Stage(page)
    page.on("pageerror", lambda error: stage.errors.append(str(error)))
    page.on(
        "console",
        lambda line: stage.errors.append(line.text) if line.type == "error" else None,
    )
    page.add_init_script(
        "globalThis.said = []; globalThis.cordeeSend = (text) => said.push(JSON.parse(text));"
    )
    page.add_init_script(path=Path(__file__).with_name("layout.js"))
    page.goto(f"{origin}/")
    stage.until_said("stage_ready")
    return stage


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def test_nothing_is_cut_off_and_the_phone_is_in_every_view(
    stage: Stage, size: tuple[int, int], tmp_path: Path
) -> None:
    stage.page.set_viewport_size({"width": size[0], "height": size[1]})
    stage.tell(type="open_camera")
    stage.until_said("camera_state")
    folder = Path(os.environ.get("CORDEE_PICTURES", tmp_path))
    for name in VIEWS:
        stage.show(name)
        stage.until("document.fonts.status === 'loaded'")
        stage.page.screenshot(path=folder / f"stage-{name}-{size[0]}.png")
        assert stage.page.evaluate("cutOff()") == [], name
        assert "04 65 71 00 12" in stage.page.inner_text("main"), name
    assert stage.errors == []


TYPED_KEYS = "said.filter((m) => m.type === 'secret_typed').map((m) => m.text || m.key).join(' ')"


def touch(stage: Stage, label: str) -> None:
    stage.page.locator(f'.key[data-key="{label}"]').click()


def test_what_is_touched_on_the_keyboard_is_told_with_the_fields_number(stage: Stage) -> None:
    stage.show("together-code")
    for label in ("4", "0", "Effacer", "abc", "b", "C’est fait"):
        touch(stage, label)
    assert stage.page.evaluate(TYPED_KEYS) == "4 0 Backspace b Done"
    assert {each["field"] for each in stage.said("secret_typed")} == {2}


def test_every_sign_of_a_password_has_a_key(stage: Stage) -> None:
    stage.show("together-password")
    for way, label in (("ABC", "Z"), ("?!#", "€"), ("éèç", "ç"), ("123", "7"), ("abc", "@")):
        touch(stage, way)
        touch(stage, label)
    touch(stage, "?!#")
    touch(stage, "espace")
    assert stage.page.evaluate(TYPED_KEYS) == "Z € ç 7 @  "


def test_keys_stay_where_a_finger_is_while_dots_come(stage: Stage) -> None:
    stage.show("together-password")
    touch(stage, "ABC")
    shown = {**BASE, "now": BASE_NOW, **VIEWS["together-password"]}
    stage.tell(**{**shown, "secret_typed": 3})
    assert stage.page.locator(".dots").inner_text() == "•••"
    touch(stage, "Q")
    stage.tell(**{**shown, "secret": 0})
    assert stage.page.locator(".key").count() == 0
    assert stage.page.evaluate(TYPED_KEYS) == "Q"


def test_keys_are_large_enough_for_a_finger(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    for name in ("together-code", "together-password", "together-card"):
        stage.show(name)
        for box in stage.page.locator(".key").evaluate_all(
            "keys => keys.map((key) => key.getBoundingClientRect())"
        ):
            assert min(box["width"], box["height"]) >= 44, (name, box)


def test_every_view_is_for_everyone(stage: Stage) -> None:
    for name in VIEWS:
        stage.show(name)
        assert barriers(stage.page) == [], name
    assert stage.errors == []


def test_yes_and_no_weigh_the_same_and_name_their_request(stage: Stage) -> None:
    stage.show("together-asked")
    boxes = [stage.page.locator(f"[data-touch={what}]").bounding_box() for what in ("yes", "no")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["width"] == pytest.approx(boxes[1]["width"], abs=0.5)
    assert boxes[0]["height"] == pytest.approx(boxes[1]["height"], abs=0.5)
    stage.page.click("[data-touch=no]")
    assert stage.said("touched") == [{"type": "touched", "what": "no", "request": 3}]


def test_stop_is_said_once_for_one_press(stage: Stage) -> None:
    stage.show("together-control")
    stage.page.click("[data-touch=stop]")
    assert [said["what"] for said in stage.said("touched")] == ["stop"]


def test_stop_answers_the_keyboard(stage: Stage) -> None:
    stage.show("call")
    stage.page.keyboard.press("Tab")
    stage.page.keyboard.press("Enter")
    assert [said["what"] for said in stage.said("touched")] == ["stop"]


def test_hole_is_told_in_device_pixels_and_taken_back(stage: Stage) -> None:
    stage.show("together-see")
    stage.until_said("hole_moved")
    hole = stage.said("hole_moved")[-1]
    box = stage.page.locator(".hole").bounding_box()
    assert box is not None
    assert hole["left"] == pytest.approx(box["x"], abs=1)
    assert hole["top"] == pytest.approx(box["y"], abs=1)
    assert hole["width"] == pytest.approx(box["width"], abs=1)
    assert hole["width"] > 700
    stage.show("call")
    stage.until("said.filter((m) => m.type === 'hole_moved').at(-1).width === 0")


def test_hole_stays_where_it_is_while_the_words_around_it_change(stage: Stage) -> None:
    for name in ("together-see", "together-asked", "together-scan", "together-long"):
        stage.show(name)
    assert len(stage.said("hole_moved")) == 1


def test_lock_stands_beside_an_address_reached_by_https_alone(stage: Stage) -> None:
    stage.show("together-see")
    assert stage.page.locator(".where svg").count() == 1
    stage.show("together-long")
    assert stage.page.locator(".where").count() == 1
    assert stage.page.locator(".where svg").count() == 0


def test_focus_stays_on_a_button_while_the_seconds_go_by(stage: Stage) -> None:
    stage.show("countdown")
    stage.page.focus("[data-touch=not_now]")
    stage.until("document.querySelector('.seconds').textContent === '6'")
    assert stage.page.evaluate("document.activeElement.dataset.touch") == "not_now"


def test_pointer_shows_only_while_a_mouse_moves(stage: Stage) -> None:
    shown = "getComputedStyle(document.querySelector('[data-touch=stop]')).cursor"
    stage.show("call")
    assert stage.page.evaluate(shown) == "none"
    stage.page.mouse.move(300, 300)
    stage.page.mouse.move(320, 320)
    stage.until(f"{shown} !== 'none'")
    stage.until(f"{shown} === 'none'")


def test_message_that_is_none_is_refused_and_the_stage_goes_on(stage: Stage) -> None:
    for text in ("{", '{"type":"dance"}', '{"type":"show","view":"party","now":1}'):
        refused = stage.page.evaluate(
            "(t) => { try { cordee.receive(t); return ''; } catch (e) { return e.message; } }", text
        )
        assert refused.startswith("Message")
    stage.show("call")
    assert stage.page.locator("[data-touch=stop]").is_visible()


def test_prompt_is_answered_once_it_has_been_heard_and_never_otherwise(stage: Stage) -> None:
    wav = stage.page.evaluate("silence()")
    stage.tell(type="speak", id=7, text="Bonjour", wav=wav)
    stage.tell(type="speak", id=8, text="?", wav="bm90aGluZw==")
    stage.tell(type="speak", id=9, text="Bonjour", wav=wav)
    stage.until_said("spoken", "m.id === 9")
    assert [said["id"] for said in stage.said("spoken")] == [7, 9]


def test_loudspeaker_is_kept_open_only_while_something_is_said(stage: Stage) -> None:
    wav = stage.page.evaluate("silence()")
    stage.page.evaluate(
        """() => {
            const Own = AudioContext;
            globalThis.states = [];
            globalThis.AudioContext = class extends Own {
                constructor() { super(); this.onstatechange = () => states.push(this.state); }
            };
        }"""
    )
    for times in (1, 2):
        stage.tell(type="speak", id=times, text="Bonjour", wav=wav)
        stage.until_said("spoken", f"m.id === {times}")
        stage.until(f"states.filter((state) => state === 'suspended').length === {times}")
    assert stage.page.evaluate("states") == ["running", "suspended"] * 2


def test_call_is_warm_then_live_only_when_told(
    stage: Stage, bundled: Callable[[str], Path]
) -> None:
    stage.page.evaluate(bundled("peers").read_text() + "; globalThis.peers = peers;")
    stage.page.evaluate("joinAgent()")
    stage.tell(type="negotiate", visit="v", instance="k", to="a", ice_servers=[], relay_only=False)
    is_joined = "m.connection === 'connected' && m.control === 'open'"
    stage.until_said("call_state", f"{is_joined} && m.instance === 'k'")
    stage.tell(type="open_camera")
    stage.until_said("camera_state", "m.state === 'opened' && Math.max(...m.colour) > 12")
    # It has a camera now, and gives nothing of it away.
    assert stage.page.evaluate(SENT) == [None, None, None]
    assert stage.said("went_live") == []
    # Chromium's own black frame in the empty picture is nobody's face.
    assert stage.said("face_decoded") == []
    stage.tell(type="go_live")
    stage.page.evaluate("async () => agent.goLive(await peers.openCamera())")
    stage.until_said("face_decoded", "m.at > 0 && Math.max(...m.colour) > 12")
    assert stage.page.evaluate(SENT) == ["audio", "video", None]
    order = stage.page.evaluate("said.map((m) => m.type)")
    assert order.index("went_live") < order.index("face_decoded")
    stage.tell(type="send_control", text="to the agent")
    stage.until("globalThis.heard === 'to the agent'")
    stage.page.evaluate("agent.sendControl('to the kiosk')")
    stage.until_said("control_arrived", "m.text === 'to the kiosk'")
    stage.until_said("line_measured", "m.up_bps > 0")
    stage.tell(type="hang_up")
    assert stage.page.evaluate("document.querySelector('.self video').srcObject") is None
    assert stage.errors == []


def test_agent_is_neither_heard_nor_seen_before_the_hour_nor_after_hold(
    stage: Stage, bundled: Callable[[str], Path]
) -> None:
    stage.page.evaluate(bundled("peers").read_text() + "; globalThis.peers = peers;")
    stage.page.evaluate("joinAgent()")
    stage.tell(type="negotiate", visit="v", instance="k", to="a", ice_servers=[], relay_only=False)
    stage.until_said("call_state", "m.connection === 'connected' && m.control === 'open'")
    stage.until("document.querySelector('.face video').srcObject !== null")
    stage.page.evaluate("listen()")
    is_seen = "document.querySelector('main').hasAttribute('data-face')"

    began_at = stage.page.evaluate("Date.now() / 1000")
    stage.page.evaluate("async () => agent.goLive(await peers.openCamera())")
    _until_more_arrives(stage)
    assert stage.page.evaluate("[loudest, brightest()]") == [0, 0]
    assert not stage.page.evaluate(is_seen)
    # The daemon hears of it, once: it refuses what comes before the hour.
    (unasked,) = stage.said("face_decoded")
    assert began_at <= unasked["at"]
    assert unasked["colour"] == [0, 0, 0]

    stage.tell(type="go_live")
    stage.until_said("face_decoded", "Math.max(...m.colour) > 12")
    stage.until(f"loudest > 0.01 && brightest() > 12 && {is_seen}")

    stage.tell(type="hold")
    stage.until(f"{SENT}.every((kind) => kind === null)")
    stage.until(f"brightest() === 0 && !{is_seen}")
    _until_more_arrives(stage)
    stage.page.evaluate("loudest = 0")
    _until_more_arrives(stage)
    assert stage.page.evaluate("[loudest, brightest()]") == [0, 0]

    stage.tell(type="go_live")
    stage.until(f"loudest > 0.01 && brightest() > 12 && {is_seen}")
    assert stage.errors == []


def _until_more_arrives(stage: Stage) -> None:
    """Wait until sound for a while, with a beep of the fake microphone in it, and pictures came."""
    before = stage.page.evaluate("arrived()")
    stage.until(
        "async () => { const { packets, pictures } = await arrived();"
        f" return packets > {before['packets'] + PACKETS} &&"
        f" pictures > {before['pictures'] + PICTURES}; }}"
    )


def test_new_agent_gets_a_new_call_that_is_not_live(
    stage: Stage, bundled: Callable[[str], Path]
) -> None:
    stage.page.evaluate(bundled("peers").read_text() + "; globalThis.peers = peers;")
    negotiate = {"visit": "v", "instance": "k", "to": "a", "ice_servers": [], "relay_only": False}
    connected = "m.connection === 'connected' && m.control === 'open'"
    for _ in range(2):
        stage.page.evaluate("() => { said.length = 0; delete said.push; joinAgent(); }")
        stage.tell(type="negotiate", **negotiate)
        stage.until_said("call_state", connected)
        assert stage.page.evaluate(SENT) == [None, None, None]
        stage.tell(type="go_live")
        stage.until_said("went_live")
        assert stage.page.evaluate(SENT) == ["audio", "video", None]
