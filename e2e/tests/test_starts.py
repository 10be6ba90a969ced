"""The measured start sees a frame that comes to the kiosk before the hour."""

from __future__ import annotations

import json
from pathlib import Path

from bench.starts import SERIES, Start, run_start, unasked_faces
from e2e.stand.processes import wait_until
from e2e.stand.world import World, soon

TOO_EARLY = """
(() => {
  const Own = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends Own {
    constructor(...given) {
      super(...given);
      this.addEventListener("connectionstatechange", async () => {
        if (this.connectionState !== "connected") return;
        const camera = await navigator.mediaDevices.getUserMedia({ video: true });
        for (const { sender, receiver } of this.getTransceivers()) {
          if (receiver.track.kind === "video") sender.replaceTrack(camera.getVideoTracks()[0]);
        }
      });
    }
  };
})();
"""


def test_frame_that_an_agents_page_sends_before_the_hour_is_counted(tmp_path: Path) -> None:
    with (
        World(tmp_path, width_px=1280, height_px=720) as world,
        world.agent(init_script=TOO_EARLY) as agent,
    ):
        world.wait_for_kiosk()
        wait_until(lambda: agent.data("keys") == "certified", within_s=30, what="certified keys")
        plain = SERIES["plain"]
        start = run_start(world, agent, plain, starts_at=soon(plain.lead_s))
        rejected = [line for line in world.kiosk.log().splitlines() if "face_unasked" in line]
    assert start.unasked == len(rejected) == 1
    assert start.frames_before == 1
    assert min(start.faces_s) >= 0


def test_frames_before_the_hour_are_those_since_the_booking() -> None:
    log = "\n".join(
        json.dumps({"event": "face_decoded", "at": at, "colour": [0, 0, 0]})
        for at in (90, 100, 129.9, 130, 131)
    )
    assert unasked_faces(f"ready\n{log}\n", since=100, before=130) == 2
    assert Start(-0.1, 0.2, None, unasked=2).frames_before == 3
    assert Start(0.1, 0.2, None).frames_before == 0
