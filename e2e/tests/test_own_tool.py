"""A visit booked with a link: at the hour the kiosk opens the partner's own tool by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cordee_wire import stage
from e2e.stand.media import GREEN, is_near
from e2e.stand.processes import free_port, wait_until
from e2e.stand.twin import StageTwin
from e2e.stand.world import World

ROOM = "/visio/salle-5"
PAGE = """<!doctype html><title>Visio</title>
<style>body { margin: 0 } video { position: fixed; inline-size: 100%; block-size: 100% }</style>
<video autoplay muted playsinline></video>
<script>
  const tell = (word) => fetch(`/visio/${word}`);
  navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then(
    async (stream) => {
      const video = document.querySelector("video");
      video.srcObject = stream;
      await new Promise((seen) => video.requestVideoFrameCallback(seen));
      document.cookie = "visio=salle-5; max-age=9999";
      tell(`vu-${stream.getAudioTracks().length}`);
    },
    (error) => tell(error.name),
  );
</script>"""
LINK = """
from django.utils import timezone
from cordee.directory.models import Reason
from cordee.directory.services import describe_reason
from cordee.journal.rules import OPERATOR
reason = Reason.objects.get(partner__slug={slug!r}, label={label!r})
describe_reason(reason=reason, video_url={room!r}, actor=OPERATOR, now=timezone.now())
"""
GREEN_SHARE = 0.2
"""Of the screen, at least: the picture fills the guest's page."""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port = free_port()
    settings = {"CORDEE_KIOSK_VIDEO_HOSTS": f"127.0.0.1:{port}"}
    with World(
        tmp_path / "world", site_port=port, width_px=1280, height_px=720, kiosk_settings=settings
    ) as made:
        made.site.pages[ROOM] = PAGE
        made.wait_for_kiosk()
        yield made


def test_the_partners_own_tool_opens_at_the_hour_with_the_camera_and_leaves_nothing(
    world: World,
) -> None:
    room = world.site.base.rstrip("/") + ROOM
    link_the_reason(world, room)
    with world.agent() as agent, StageTwin(agent.browser, world.screen) as twin:
        wait_until(lambda: '"shows"' in world.kiosk.log(), within_s=30, what="the stage is up")
        stage_alone = world.kiosk.page_processes()
        visit, starts_at = world.book_soon()
        agent.page.goto(f"{world.server.url}/guichet/{visit}/")
        assert agent.page.get_by_role("link", name="Ouvrir mon outil").get_attribute("href") == room

        wait_until(lambda: ROOM in world.site.asked, within_s=90, what="the room is asked for")
        assert time.time() >= starts_at
        wait_until(lambda: "/visio/vu-1" in world.site.asked, within_s=30, what="a picture")
        wait_until(lambda: green_share(world) > GREEN_SHARE, within_s=20, what="it is on screen")
        guest = world.kiosk.page_processes() - stage_alone
        assert guest, "the guest has a process of its own"

        world.kiosk.press_stop()
        wait_until(lambda: green_share(world) == 0, within_s=10, what="the camera is off")
        twin.show(
            stage.Show(
                view="call",
                now=time.time(),
                site=world.seeded["site"],
                phone="04 65 71 00 12",
                visit=visit,
                tool="127.0.0.1",
                ask_end=True,
            )
        )
        twin.wait_until_shown(".card.ask")
        twin.touch("[data-touch=end_yes]")
        wait_until(lambda: "wiped" in verbs(world, visit), within_s=60, what="the box is wiped")
        wait_until(
            lambda: not guest & world.kiosk.page_processes(), within_s=20, what="the guest is gone"
        )

    told = verbs(world, visit)
    assert [verb for verb in told if verb in {"live", "address_opened", "ended"}] == [
        "address_opened",
        "live",
        "ended",
    ]
    assert "warmed" not in told
    assert world.site.asked.count(ROOM) == 1
    assert b"salle-5" not in b"".join(
        path.read_bytes() for path in world.kiosk.state.rglob("*") if path.is_file()
    )


def link_the_reason(world: World, room: str) -> None:
    """Give the demo's reason the link. Tables and pages take none over HTTP, which this room is."""
    slug, label = world.seeded["partner"], world.seeded["reason"]
    world.server.command("shell", "-c", LINK.format(slug=slug, label=label, room=room))


def green_share(world: World) -> float:
    """Return how much of the screen has the colour of the citizen's camera."""
    picture = world.screen.picture()[::8, ::8, :3].reshape(-1, 3).astype(int)
    return float(np.mean([is_near((r, g, b), GREEN) for r, g, b in picture.tolist()]))


def verbs(world: World, visit: str) -> list[str]:
    return [entry.verb for entry in world.server.journal(visit)]
