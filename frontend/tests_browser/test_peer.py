"""Two peers on one page of a real Chromium, joined by a wire that the test can bend."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

FPS_TOLERANCE = 2
"""Frames a second that the browser may count beside what it was told."""
WITHIN_S, POLL_MS = 30, 50
SILENT_MS = 2_000
"""Without a packet for so long, nothing is sent: of sound there are fifty a second."""
JOIN = """
(options) => {
  const { openPeer, watchFirstFrame, openCamera, meanColour } = globalThis.peers;
  const test = { says: { kiosk: [], agent: [] }, states: { kiosk: [], agent: [] },
    signals: { kiosk: [], agent: [] }, mirror: [], bulk: [], got: [],
    first: {}, frames: {}, lines: {} };
  globalThis.test = test;
  const Own = RTCPeerConnection;
  const ends = { kiosk: "agent", agent: "kiosk" };
  for (const role of ["kiosk", "agent"]) {
    const video = document.createElement("video");
    video.muted = true; video.autoplay = true;
    document.body.append(video);
    globalThis.RTCPeerConnection = class extends Own {
      constructor(...given) {
        super(...given);
        test.lines[role] = this;
      }
    };
    test[role] = openPeer({
      role, iceServers: [], relayOnly: false,
      onSignal: (signal) => {
        test.signals[role].push(signal);
        const text = JSON.stringify(signal);
        const bring = () => test[ends[role]].receive(JSON.parse(text)).catch((error) => {
          (test.errors ??= []).push(String(error)); });
        if (options.late && signal.type === "description") (test.held ??= []).push(bring);
        else bring();
      },
      onState: (connection, control) => test.states[role].push([connection, control]),
      onControl: (text) => test.says[role].push(text),
      onMirror: (data) => test.mirror.push(...new Uint8Array(data).slice(0, 1)),
      onBulk: (data) => test.bulk.push(...new Uint8Array(data)),
      onBulkGot: (ms) => test.got.push([role, ms]),
      onTrack: (stream) => {
        video.srcObject = stream;
        test.frames[role] ??= watchFirstFrame(video, (at, colour) => {
          test.first[role] = { at, colour };
        });
      },
      onPage: (track) => { test.page = track; },
    });
  }
  test.connected = () => ["kiosk", "agent"].every((role) => {
    const last = test.states[role].at(-1);
    return last && last[0] === "connected" && last[1] === "open";
  });
  test.openCamera = openCamera;
  test.sent = (role) => test.lines[role].getSenders().map(({ track }) => track?.kind ?? null);
  test.silentFor = async (role) => {
    const stats = [...(await test.lines[role].getStats()).values()];
    const arrived = stats.filter(({ type }) => type === "inbound-rtp");
    return Date.now() - Math.max(...arrived.map((each) => each.lastPacketReceivedTimestamp ?? 0));
  };
}
"""
SEND = """
async () => {
  const { fitSenders, LADDER, openCamera } = globalThis.peers;
  const [near, far] = [new RTCPeerConnection(), new RTCPeerConnection()];
  near.onicecandidate = ({ candidate }) => far.addIceCandidate(candidate);
  far.onicecandidate = ({ candidate }) => near.addIceCandidate(candidate);
  const camera = await openCamera();
  // Small: Chromium itself gives the whole of a large picture only once it has found the line.
  await camera.getVideoTracks()[0].applyConstraints({ width: 640, height: 360 });
  for (const track of camera.getTracks()) near.addTrack(track, camera);
  await near.setLocalDescription();
  await far.setRemoteDescription(near.localDescription);
  await far.setLocalDescription();
  await near.setRemoteDescription(far.localDescription);
  const picture = async (end, type) => {
    const stats = [...(await end.getStats()).values()];
    return stats.find((each) => each.type === type && each.kind === "video");
  };
  const sent = () => picture(near, "outbound-rtp");
  const received = () => picture(far, "inbound-rtp");
  const rungs = { best: LADDER[0], least: LADDER.filter((one) => one.videoOn).at(-1),
    voice: LADDER.find((one) => !one.videoOn) };
  const { height } = camera.getVideoTracks()[0].getSettings();
  globalThis.test = { sent, received, rungs, height, fit: (name) => fitSenders(near, rungs[name]) };
}
"""

SHOW_PAGE = """
() => {
  const video = document.createElement("video");
  Object.assign(video, { muted: true, autoplay: true, srcObject: new MediaStream([test.page]) });
  document.body.append(video);
  test.pagePicture = globalThis.peers.openPagePicture((track) => void test.kiosk.showPage(track));
  test.draw = (colour) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: 640, height: 480 });
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 640, 480);
    test.pagePicture.draw(colour && canvas.toDataURL("image/jpeg").split(",")[1]);
  };
  test.seen = () => {
    if (video.videoWidth === 0) return null;
    const canvas = new OffscreenCanvas(1, 1);
    const pen = canvas.getContext("2d");
    pen.drawImage(video, -300, -200);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
}
"""
SEES_PAGE = """
(colour) => test.seen()?.every((each, at) => Math.abs(each - colour[at]) < 30) ?? false
"""
DESCRIPTIONS = """[...test.signals.kiosk, ...test.signals.agent]
  .filter(({ type }) => type === "description").map(({ kind }) => kind)"""
UFRAGS = """Object.values(test.lines)
  .map(({ localDescription }) => localDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1])"""
DRAW_LINE = """
() => {
  const line = test.lines.kiosk;
  const look = line.getStats.bind(line);
  Object.assign(test, { lost: 0, looks: 0 });
  let [sent, missing] = [0, 0];
  // A line with much room, steady, of which the test says how much it loses.
  line.getStats = async () => {
    const real = await look();
    const transport = [...real.values()].find(({ type }) => type === "transport");
    test.looks += 1;
    sent += 1000;
    missing += 1000 * test.lost;
    return new Map([
      ["transport", { type: "transport", selectedCandidatePairId: "pair" }],
      ["pair", { ...real.get(transport?.selectedCandidatePairId), id: "pair",
        currentRoundTripTime: 0.02, availableOutgoingBitrate: 10_000_000 }],
      ["sent", { type: "outbound-rtp", packetsSent: sent }],
      ["lost", { type: "remote-inbound-rtp", packetsLost: missing }],
    ]);
  };
  test.picture = () => line.getSenders()
    .find(({ track }) => track?.kind === "video").getParameters().encodings[0];
}
"""


@pytest.fixture(scope="session")
def script(bundled: Callable[[str], Path]) -> Path:
    """Bundle the peer once."""
    return bundled("peers")


@pytest.fixture
def both(context: BrowserContext, page: Page, script: Path, origin: str) -> Page:
    """Open a page of a secure origin with the peer's script in it."""
    context.route(f"{origin}/empty", lambda route: route.fulfill(body="", content_type="text/html"))
    page.goto(f"{origin}/empty")
    page.add_script_tag(path=str(script))
    return page


def _join(page: Page, *, late: bool = False) -> None:
    page.evaluate(JOIN, {"late": late})
    page.evaluate("() => void test.kiosk.offer()")


def _wait_for(page: Page, condition: str, *values: object) -> None:
    """Wait until an async condition holds: `wait_for_function` takes any promise for true."""
    deadline = time.monotonic() + WITHIN_S
    while not page.evaluate(condition, *values):
        assert time.monotonic() < deadline, f"not within {WITHIN_S} s: {condition}"
        page.wait_for_timeout(POLL_MS)


def test_peers_connect_warm_without_any_track(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    for role in ("kiosk", "agent"):
        assert both.evaluate("(role) => test.sent(role)", role) == [None, None, None]
    assert both.evaluate("test.signals.agent.filter((s) => s.kind === 'answer').length") == 1


def test_going_live_shows_faces_without_negotiating_again(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    before = both.evaluate(DESCRIPTIONS)
    assert before == ["offer", "answer"]
    both.evaluate(
        "async () => { const camera = await test.openCamera();"
        " await Promise.all([test.kiosk.goLive(camera), test.agent.goLive(camera)]); }"
    )
    both.wait_for_function("test.first.kiosk && test.first.agent")
    assert both.evaluate(DESCRIPTIONS) == before
    for role in ("kiosk", "agent"):
        assert both.evaluate("(role) => test.sent(role)", role) == ["audio", "video", None]
    assert max(both.evaluate("test.first.agent.colour")) > 12


def test_tracks_given_before_the_offer_go_live_once_there_are_media_lines(both: Page) -> None:
    both.evaluate(JOIN, {"late": False})
    both.evaluate("async () => { await test.agent.goLive(await test.openCamera()); }")
    both.evaluate("() => void test.kiosk.offer()")
    both.wait_for_function("test.first.kiosk")


def test_candidates_wait_for_the_description_they_overtook(both: Page) -> None:
    _join(both, late=True)
    both.wait_for_function("test.signals.kiosk.some((s) => s.type === 'candidate')")
    both.evaluate("test.held.shift()()")
    both.wait_for_function(
        "test.held.length > 0 && test.signals.agent.some((s) => s.type === 'candidate')"
    )
    both.evaluate("test.held.shift()()")
    both.wait_for_function("test.connected()")
    assert both.evaluate("test.errors ?? []") == []


def test_control_text_said_before_the_channel_opens_arrives_in_order(both: Page) -> None:
    both.evaluate(JOIN, {"late": False})
    both.evaluate("() => { for (let n = 0; n < 50; n += 1) test.agent.sendControl(String(n)); }")
    both.evaluate("() => void test.kiosk.offer()")
    both.wait_for_function("test.says.kiosk.length === 50")
    assert both.evaluate("test.says.kiosk") == [str(number) for number in range(50)]


def test_mirror_keeps_its_order_beyond_the_channels_buffer(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate(
        "() => { for (let n = 0; n < 200; n += 1)"
        " test.kiosk.sendMirror(new Uint8Array(16000).fill(n)); }"
    )
    both.wait_for_function("test.mirror.length === 200")
    assert both.evaluate("test.mirror") == list(range(200))


def test_each_piece_of_bulk_is_answered_with_how_long_it_took(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate("for (const n of [1, 2, 3]) test.kiosk.sendBulk(Uint8Array.of(n));")
    both.wait_for_function("test.got.length === 3")
    assert both.evaluate("test.bulk") == [1, 2, 3]
    assert all(role == "kiosk" and 0 < ms < 10_000 for role, ms in both.evaluate("test.got"))


def test_bulk_waits_until_the_mirror_has_left(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate(
        """() => {
            for (let n = 0; n < 200; n += 1) test.kiosk.sendMirror(new Uint8Array(16000));
            test.kiosk.sendBulk(Uint8Array.of(7));
            test.atBulk = null;
            const look = () => {
                if (test.bulk.length > 0) test.atBulk = test.mirror.length;
                else requestAnimationFrame(look);
            };
            look();
        }"""
    )
    both.wait_for_function("test.atBulk !== null")
    assert both.evaluate("test.atBulk") > 150


def test_ice_restart_keeps_the_call(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate("test.kiosk.restartIce()")
    both.wait_for_function(
        "test.signals.agent.filter((s) => s.kind === 'answer').length === 2 && test.connected()"
    )
    assert both.evaluate("test.errors ?? []") == []


def test_offers_that_collide_end_in_one_answer(both: Page) -> None:
    _join(both, late=True)
    for _ in ("offer", "answer"):
        both.wait_for_function("test.held?.length === 1")
        both.evaluate("test.held.shift()()")
    both.wait_for_function("test.connected()")
    before = both.evaluate(UFRAGS)
    both.evaluate("() => { test.kiosk.restartIce(); test.agent.restartIce(); }")
    both.wait_for_function("test.held.length === 2")
    assert both.evaluate(DESCRIPTIONS) == ["offer", "offer", "answer", "offer"]

    both.evaluate("() => { for (const bring of test.held.splice(0)) bring(); }")
    both.wait_for_function("test.held.length > 0")
    assert both.evaluate(DESCRIPTIONS) == ["offer", "offer", "answer", "offer", "answer"]
    both.evaluate("test.held.shift()()")
    both.wait_for_function(
        "Object.values(test.lines).every((line) => line.signalingState === 'stable')"
    )
    both.evaluate("() => { test.kiosk.sendControl('still'); test.agent.sendControl('here'); }")
    both.wait_for_function(
        "test.connected() && test.says.agent.includes('still') && test.says.kiosk.includes('here')"
    )
    assert both.evaluate("test.errors ?? []") == []
    assert not set(before) & set(both.evaluate(UFRAGS))


def test_holding_stops_the_picture_and_keeps_the_connection(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate("async () => { await test.kiosk.goLive(await test.openCamera()); }")
    both.wait_for_function("test.first.agent")
    assert both.evaluate("test.sent('kiosk')") == ["audio", "video", None]
    _wait_for(both, "async (ms) => await test.silentFor('agent') < ms", SILENT_MS)
    both.evaluate("test.kiosk.hold()")
    assert both.evaluate("test.sent('kiosk')") == [None, None, None]
    _wait_for(both, "async (ms) => await test.silentFor('agent') > ms", SILENT_MS)
    assert both.evaluate("test.connected()")
    both.evaluate("test.kiosk.sendControl('still here')")
    both.wait_for_function("test.says.agent.includes('still here')")


def test_page_is_sent_sharp_on_a_line_of_its_own_without_negotiating_again(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    before = both.evaluate(DESCRIPTIONS)
    both.evaluate(SHOW_PAGE)
    both.evaluate("() => test.draw('#0000fa')")
    _wait_for(both, SEES_PAGE, [0, 0, 250])
    assert both.evaluate("test.sent('kiosk')") == [None, None, "video"]
    assert both.evaluate("test.sent('agent')") == [None, None, None]
    # The face, given later, does not take its line.
    both.evaluate("async () => { await test.kiosk.goLive(await test.openCamera()); }")
    both.wait_for_function("test.first.agent")
    assert both.evaluate("test.sent('kiosk')") == ["audio", "video", "video"]
    page_line = both.evaluate("test.lines.kiosk.getSenders()[2].getParameters()")
    assert page_line["encodings"][0]["scaleResolutionDownBy"] == 1
    assert page_line["degradationPreference"] == "maintain-resolution"
    both.evaluate("() => test.draw('')")
    _wait_for(both, SEES_PAGE, [0, 0, 0])
    both.evaluate("() => test.pagePicture.end()")
    both.wait_for_function("test.sent('kiosk')[2] === null")
    assert both.evaluate(DESCRIPTIONS) == before


def test_line_is_measured_once_connected(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate("async () => { await test.kiosk.goLive(await test.openCamera()); }")
    _wait_for(both, "async () => (await test.kiosk.line()).upBps > 0")


def test_line_that_loses_much_takes_a_smaller_picture(both: Page) -> None:
    _join(both)
    both.evaluate(DRAW_LINE)
    both.wait_for_function("test.connected()")
    both.evaluate("async () => { await test.kiosk.goLive(await test.openCamera()); }")
    best, next_best = both.evaluate("globalThis.peers.LADDER.slice(0, 2)")
    # Several looks at a line without a loss change nothing.
    both.wait_for_function("test.looks > 3")
    assert both.evaluate("test.picture().maxBitrate") == best["bitrate"]

    both.evaluate("() => { test.lost = 0.5; }")
    both.wait_for_function("(best) => test.picture().maxBitrate < best", arg=best["bitrate"])
    picture = both.evaluate("test.picture()")
    assert picture["maxBitrate"] <= next_best["bitrate"]
    assert picture["scaleResolutionDownBy"] >= next_best["scale"] > best["scale"]


def test_closing_ends_both_without_an_error(both: Page) -> None:
    _join(both)
    both.wait_for_function("test.connected()")
    both.evaluate("() => { test.kiosk.close(); test.kiosk.restartIce(); }")
    both.wait_for_function("test.states.agent.at(-1)[1] === 'closed'")
    assert both.evaluate("test.errors ?? []") == []


def test_what_the_picture_is_fitted_to_is_what_is_sent(both: Page) -> None:
    both.evaluate(SEND)
    both.evaluate("() => test.fit('best')")
    whole = both.evaluate("test.height")
    is_whole = (
        "async (whole) => { const now = await test.sent();"
        " return now?.active && now.frameHeight === whole; }"
    )
    _wait_for(both, is_whole, whole)

    # More than the least rung allows goes out first: so it can be seen to fall.
    least = both.evaluate("test.rungs.least")
    is_much = (
        "async ([fps, bitrate]) => { const now = await test.sent();"
        " return now.framesPerSecond > fps && now.targetBitrate > bitrate; }"
    )
    much = [least["fps"] + FPS_TOLERANCE, least["bitrate"]]
    _wait_for(both, is_much, much)

    both.evaluate("() => test.fit('least')")
    assert least["scale"] > 1
    _wait_for(
        both, "async (most) => (await test.sent()).frameHeight <= most", whole / least["scale"] + 2
    )
    _wait_for(
        both,
        "async (most) => { const now = await test.sent();"
        " return now.framesPerSecond > 0 && now.framesPerSecond <= most; }",
        least["fps"] + FPS_TOLERANCE,
    )
    _wait_for(both, "async (most) => (await test.sent()).targetBitrate <= most", least["bitrate"])
    # What the far end decodes is small too: it has come by the wire.
    _wait_for(
        both,
        "async (most) => { const now = await test.received();"
        " return now?.framesDecoded > 0 && now.frameHeight <= most; }",
        whole / least["scale"] + 2,
    )

    both.evaluate("() => test.fit('voice')")
    _wait_for(both, "async () => (await test.sent()).active === false")

    both.evaluate("() => test.fit('best')")
    _wait_for(both, is_whole, whole)
    _wait_for(both, is_much, much)
