"""Who has the camera in the guest: the one origin that the visit names, in that context only."""

from __future__ import annotations

from waiting import until

from chromium.partner_site import Site
from chromium.seen import Seen

ASKS = """<!doctype html><title>Visio</title><video autoplay muted></video>
<script>
  const tell = (word) => fetch("/dit", { method: "POST", body: word });
  navigator.mediaDevices.getUserMedia({ video: true, audio: true }).then(
    async (stream) => {
      const video = document.querySelector("video");
      video.srcObject = stream;
      await new Promise((seen) => video.requestVideoFrameCallback(seen));
      tell(`${video.videoWidth > 0} ${stream.getAudioTracks().length}`);
    },
    (error) => tell(error.name),
  );
</script>"""


async def opened(seen: Seen, site: Site, *also: Site, camera_for: str) -> None:
    hosts = [site.host, *(each.host for each in also)]
    await seen.browser.open_guest(
        url=f"{site.url}/visio", allowed_hosts=hosts, camera_for=camera_for
    )


async def told(site: Site, *words: bytes) -> None:
    await until(lambda: len(site.sent) >= len(words), what=f"the page says {words}")
    assert site.sent == [*words]


async def test_the_named_origin_has_picture_and_sound(seen: Seen, site: Site) -> None:
    site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, camera_for=site.url)
    await told(site, b"true 1")


async def test_without_a_name_nobody_has_it(seen: Seen, site: Site) -> None:
    site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, camera_for="")
    await told(site, b"NotAllowedError")


async def test_another_permitted_site_does_not_have_it(
    seen: Seen, site: Site, other_site: Site
) -> None:
    site.pages |= {"/visio": f"<!doctype html><script>location = '{other_site.url}/visio'</script>"}
    other_site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, other_site, camera_for=site.url)
    await told(other_site, b"NotAllowedError")


async def test_another_site_in_a_frame_does_not_have_it(
    seen: Seen, site: Site, other_site: Site
) -> None:
    site.pages |= {"/visio": f"<!doctype html><iframe src='{other_site.url}/visio'></iframe>"}
    other_site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, other_site, camera_for=site.url)
    await told(other_site, b"NotAllowedError")


async def test_the_next_guest_does_not_have_it(seen: Seen, site: Site) -> None:
    site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, camera_for=site.url)
    await told(site, b"true 1")
    await seen.browser.close_guest()
    await opened(seen, site, camera_for="")
    await told(site, b"true 1", b"NotAllowedError")


async def test_a_frame_to_which_the_tool_itself_hands_the_camera_has_it(
    seen: Seen, site: Site, other_site: Site
) -> None:
    frame = f"<iframe src='{other_site.url}/visio' allow='camera; microphone'></iframe>"
    site.pages |= {"/visio": f"<!doctype html>{frame}"}
    other_site.pages |= {"/visio": ASKS, "/dit": ""}
    await opened(seen, site, other_site, camera_for=site.url)
    await told(other_site, b"true 1")
