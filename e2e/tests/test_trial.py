"""An agent tries their computer: real relay, real socket, a fake camera; and behind a wall."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.stand.agent import Agent
from e2e.stand.axe import barriers
from e2e.stand.processes import free_port, wait_until
from e2e.stand.relay import Relay
from e2e.stand.server import Server

WITHIN_MS = 30_000
SITE = "http://127.0.0.1:1/"


@pytest.fixture(scope="module")
def relay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Relay]:
    with Relay(tmp_path_factory.mktemp("relay"), may_reach_loopback=True) as made:
        yield made


@pytest.fixture
def agent(tmp_path: Path, relay: Relay) -> Iterator[Agent]:
    """Yield an agent, logged in; the relay's TCP way leads nowhere."""
    nowhere = f"turn:127.0.0.1:{free_port()}?transport=tcp"
    env = {**relay.env, "CORDEE_TURN_URLS": f"{relay.url},{nowhere}"}
    server = Server(tmp_path / "server", env=env)
    person = server.seed(partner_site=SITE)["people"]["agent"]
    with server, Agent(tmp_path / "agent", server_url=server.url) as made:
        made.log_in(person["email"], person["password"])
        yield made


def test_what_passes_and_what_does_not_is_said_in_words(agent: Agent) -> None:
    page = agent.page
    page.get_by_role("link", name="Essayer mon poste").focus()
    page.keyboard.press("Enter")
    wait_until(lambda: agent.data("trial") == "ready", within_s=60, what="the verdict")
    rows = page.locator("[data-try]")
    expect(rows.nth(0)).to_contain_text("Passe")
    expect(rows.nth(1)).to_contain_text("Passe")
    expect(rows.nth(2)).to_contain_text("Ne passe pas")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("Votre poste est prêt")
    expect(verdict.locator("li")).to_have_count(0)
    expect(page.locator("#devices video")).to_be_visible()
    expect(page.locator("#devices")).to_contain_text("On vous entend", timeout=WITHIN_MS)
    assert barriers(page) == []
    page.locator("#again").focus()
    page.keyboard.press("Enter")
    wait_until(lambda: agent.data("trial") == "trying", within_s=10, what="another trial")
    wait_until(lambda: agent.data("trial") == "ready", within_s=60, what="its verdict")


def test_without_any_way_to_the_relay_the_it_department_is_asked(
    agent: Agent, relay: Relay
) -> None:
    relay.process.stop()
    page = agent.page
    page.goto(f"{agent.server_url}/guichet/essai/")
    wait_until(lambda: agent.data("trial") == "walled", within_s=60, what="the verdict")
    asked = page.locator("#verdict li")
    expect(asked).to_have_count(2)
    expect(asked.first).to_have_text(f"127.0.0.1 · UDP {relay.port}")
    page.get_by_role("link", name="Feuille pour l’informatique").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    assert barriers(page) == []
