"""The page on which an agent tries their own computer, and the sheet of its flows."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import Settings
from web.valley import Valley

from cordee.accounts.models import User

SignIn = Callable[[User], Client]
TLS = "turns:relais.example.fr:443?transport=tcp"


@pytest.fixture
def _relay(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://cordee.example.fr"
    settings.TURN_URLS = ["turn:relais.example.fr:3478?transport=udp", TLS]
    settings.TURN_SECRET = "le-secret-du-relais"


def _servers(page: str) -> dict[str, dict[str, object]]:
    found = re.search(r'data-servers="([^"]*)"', page)
    assert found
    servers: dict[str, dict[str, object]] = json.loads(html.unescape(found[1]))
    return servers


@pytest.mark.usefixtures("_relay")
def test_each_way_is_tried_with_a_short_credential_of_its_own(
    valley: Valley, signed_in: SignIn
) -> None:
    page = signed_in(valley.agent.user).get("/guichet/essai/").content.decode()
    servers = _servers(page)
    assert [server["urls"] for server in servers.values()] == [
        ["turn:relais.example.fr:3478?transport=udp"],
        [TLS],
    ]
    assert all(str(server["username"]).endswith(":essai") for server in servers.values())
    assert re.findall(r'data-try="(\d)" data-way="(\w+)"', page) == [
        ("0", "web"),
        ("1", "udp"),
        ("2", "tls"),
    ]
    assert 'data-flow="relais.example.fr · TCP 443"' in page
    assert "le-secret-du-relais" not in page


def test_without_a_relay_it_is_said(valley: Valley, signed_in: SignIn) -> None:
    page = signed_in(valley.agent.user).get("/guichet/essai/").content.decode()
    assert _servers(page) == {}
    assert "n’a pas de relais" in page


@pytest.mark.usefixtures("_relay")
def test_sheet_names_every_flow_and_no_secret(valley: Valley, signed_in: SignIn) -> None:
    page = signed_in(valley.agent.user).get("/guichet/essai/flux/").content.decode()
    rows = [re.sub(r"<[^>]+>", " ", row) for row in re.findall(r"<tr>.*?</tr>", page)[1:]]
    assert [" ".join(row.split()[:1]) for row in rows] == [
        "cordee.example.fr",
        "relais.example.fr",
        "relais.example.fr",
    ]
    assert "UDP 3478" in " ".join(rows[1].split())
    assert "TCP (TLS) 443" in " ".join(rows[2].split())
    assert "essai:" not in page


def test_first_page_leads_there(valley: Valley, signed_in: SignIn) -> None:
    page = signed_in(valley.agent.user).get("/guichet/").content.decode()
    assert 'href="/guichet/essai/"' in page


@pytest.mark.parametrize("path", ["/guichet/essai/", "/guichet/essai/flux/"])
def test_page_is_for_agents(valley: Valley, signed_in: SignIn, path: str) -> None:
    assert signed_in(valley.host).get(path).status_code == 403
    assert Client().get(path).status_code == 302
