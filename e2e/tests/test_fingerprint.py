"""Whoever stands between swaps the fingerprint of the encryption: refused before any picture."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import expect

from cordee_wire.signed import certificate_payload, dtls_payload
from e2e.stand.agent import Agent
from e2e.stand.between import Between, Change, Signal, unaltered
from e2e.stand.counter import Counter
from e2e.stand.peers import keep_peers, peers_of
from e2e.stand.processes import free_port, wait_until
from e2e.stand.world import World

OWN = "sha-256 " + ":".join(["AB"] * 32)
"""The fingerprint of the one between."""
OWN_KEY = Ed25519PrivateKey.generate()
LATER_FRAMES = 10
NOTED_EVERY_S = 1.0
"""The kiosk notes what it refuses once a second and no more."""


@pytest.fixture(scope="module")
def between() -> Iterator[Between]:
    with Between(free_port()) as made:
        yield made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, between: Between) -> Iterator[World]:
    with World(
        tmp_path_factory.mktemp("world"),
        server_port=between.server_port,
        kiosk_settings={"CORDEE_KIOSK_SERVER": between.url},
        width_px=1280,
        height_px=720,
    ) as made:
        made.wait_for_kiosk()
        yield made


@pytest.fixture(scope="module")
def agent(world: World) -> Iterator[Agent]:
    with world.agent() as opened:
        keep_peers(opened.context)
        wait_until(lambda: opened.data("keys") == "certified", within_s=30, what="certified keys")
        yield opened


@pytest.fixture(scope="module")
def visit(world: World) -> str:
    """Return a visit whose hour has come: whatever line comes up now shows faces at once."""
    booked, starts_at = world.book_soon()
    wait_until(lambda: time.time() > starts_at, within_s=90, what="the hour")
    return booked


def swapped(signal: Signal) -> Signal:
    """Return the description with another fingerprint, in the SDP and beside it."""
    sdp, count = re.subn(r"a=fingerprint:.*", f"a=fingerprint:{OWN}\r", signal["sdp"])
    assert count
    return {**signal, "sdp": sdp, "fingerprint": OWN}


def swapped_and_signed_anew(signal: Signal, visit: str, role: str) -> Signal:
    """Return it signed by a key of the one between, under a certificate of their own making."""
    forged = {**swapped(signal), "signature": signed(dtls_payload(visit, role, OWN))}
    if signal.get("certificate"):
        said = json.loads(decoded(signal["certificate"]["body"]))
        said["verify_key"] = encoded(OWN_KEY.public_key().public_bytes_raw())
        body = encoded(json.dumps(said).encode())
        forged["certificate"] = {"body": body, "signature": signed(certificate_payload(body))}
    return forged


def swapped_under_the_true_certificate(signal: Signal, visit: str, role: str) -> Signal:
    """Return it signed by a key of the one between, beside the true end's certificate."""
    return {**swapped(signal), "signature": signed(dtls_payload(visit, role, OWN))}


ATTACKS: dict[str, Callable[[str, str], Change]] = {
    "swapped": lambda _visit, _role: swapped,
    "signed anew": lambda visit, role: lambda one: swapped_and_signed_anew(one, visit, role),
    "true certificate": (
        lambda visit, role: lambda one: swapped_under_the_true_certificate(one, visit, role)
    ),
}


@pytest.mark.parametrize("how", ATTACKS)
def test_kiosk_refuses_an_agents_swapped_fingerprint_before_media(
    world: World, between: Between, agent: Agent, visit: str, how: str
) -> None:
    wait_until(
        lambda: time.time() > seen(world).refused_at + NOTED_EVERY_S,
        within_s=5,
        what="the kiosk notes refusals again",
    )
    before = seen(world)
    swap(between, from_agent=ATTACKS[how](visit, "agent"))
    agent.open_counter(visit)

    wait_until(
        lambda: seen(world).refusals > before.refusals,
        within_s=30,
        what="the kiosk refuses the answer",
    )
    expect(agent.page.locator("#notice")).to_contain_text("elle refuse l’appel", timeout=10_000)
    wait_until(lambda: seen(world).view == "trouble", within_s=10, what="the kiosk says so")
    assert peers_of(agent.page), "the page has never answered"
    for peer in peers_of(agent.page):
        assert "connected" not in {peer.connection, peer.dtls}
        assert (peer.frames, peer.received_bytes) == (0, 0)
    assert_no_face(world, agent, before)
    wait_until(lambda: journalled(world, visit), within_s=10, what="the journal holds the refusal")


@pytest.mark.parametrize("how", ATTACKS)
def test_agents_page_refuses_a_kiosks_swapped_fingerprint_before_media(
    world: World, between: Between, agent: Agent, visit: str, how: str
) -> None:
    before = seen(world)
    swap(between, from_kiosk=ATTACKS[how](visit, "kiosk"))
    agent.open_counter(visit)

    notice = agent.page.locator("#notice")
    expect(notice).to_contain_text("n’a pas prouvé qui elle est", timeout=30_000)
    assert between.altered
    assert peers_of(agent.page) == [], "the page opened a connection to a stranger"
    assert_no_face(world, agent, before)


def test_call_comes_up_when_the_one_between_alters_nothing(
    world: World, between: Between, agent: Agent, visit: str
) -> None:
    before = seen(world)
    swap(between)
    agent.open_counter(visit)

    Counter(agent.page).wait_for_face(within_s=30)
    wait_until(lambda: seen(world).faces > before.faces, within_s=20, what="the agent's face")
    wait_until(
        lambda: peers_of(agent.page)[-1].frames > LATER_FRAMES, within_s=20, what="more frames"
    )
    assert between.passed >= 2, "the call did not come through the one between"
    assert between.altered == 0


@dataclass(frozen=True)
class Seen:
    """What the kiosk has logged so far."""

    refusals: int
    faces: int
    ups: int
    view: str
    refused_at: float


def seen(world: World) -> Seen:
    lines = [json.loads(line) for line in world.kiosk.log().splitlines() if line.startswith("{")]
    events = [line["event"] for line in lines]
    views = [line["view"] for line in lines if line["event"] == "shows"]
    refused = [one for one in lines if one["event"] == "rejected" and one["code"] == "fingerprint"]
    up = [one for one in lines if one.get("kind") in {"warmed", "live", "resumed"}]
    at = datetime.fromisoformat(refused[-1]["timestamp"]).timestamp() if refused else 0
    faces = events.count("face_decoded")
    return Seen(len(refused), faces, len(up), views[-1] if views else "", at)


def assert_no_face(world: World, agent: Agent, before: Seen) -> None:
    now = seen(world)
    assert (now.faces, now.ups) == (before.faces, before.ups)
    assert agent.data("first-frame-at") == ""
    assert agent.data("call") in {"idle", "cut"}


def swap(
    between: Between, *, from_kiosk: Change = unaltered, from_agent: Change = unaltered
) -> None:
    """Alter the descriptions from now on, and count anew."""
    between.from_kiosk, between.from_agent = from_kiosk, from_agent
    between.passed = between.altered = 0


def journalled(world: World, visit: str) -> bool:
    query = "select detail from journal_entry where verb = 'rejected' and object_id = ?"
    return any(
        json.loads(detail)["code"] == "fingerprint" for (detail,) in world.server.rows(query, visit)
    )


def signed(payload: bytes) -> str:
    return encoded(OWN_KEY.sign(payload))


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
