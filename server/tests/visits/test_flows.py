from __future__ import annotations

from datetime import UTC, datetime

from cordee.visits.flows import Flow, Way, flows, trial_server
from cordee.visits.relays import Relays

NOW = datetime(2026, 12, 8, 10, 0, tzinfo=UTC)
UDP = "turn:relais.example.fr:3478?transport=udp"
TCP = "turn:relais.example.fr?transport=tcp"
TLS = "turns:relais.example.fr:443?transport=tcp"


def test_server_and_each_way_to_the_relay_are_one_line_each() -> None:
    relays = Relays(turn_urls=(UDP, TCP, TLS, TLS), turn_secret="s")
    assert flows(relays, "https://cordee.example.fr") == [
        Flow(Way.WEB, "cordee.example.fr", 443),
        Flow(Way.UDP, "relais.example.fr", 3478, UDP),
        Flow(Way.TCP, "relais.example.fr", 3478, TCP),
        Flow(Way.TLS, "relais.example.fr", 443, TLS),
    ]


def test_usual_ports_and_unusual_addresses() -> None:
    urls = ("turns:relais.example.fr", "turn:[2001:db8::1]:3479", "stun:x:1", "turn:")
    found = flows(Relays(turn_urls=urls, turn_secret="s"), "http://127.0.0.1:8000")
    assert [(flow.way, flow.host, flow.port) for flow in found] == [
        (Way.WEB, "127.0.0.1", 8000),
        (Way.TLS, "relais.example.fr", 5349),
        (Way.UDP, "2001:db8::1", 3479),
    ]
    assert [flow.protocol for flow in found] == ["TCP", "TCP", "UDP"]


def test_relay_that_refuses_everybody_is_no_flow() -> None:
    assert [flow.way for flow in flows(Relays(turn_urls=(UDP,)), "https://c.example.fr")] == [
        Way.WEB
    ]


def test_credential_of_a_trial_lasts_a_quarter_of_an_hour_and_names_one_way() -> None:
    relays = Relays(turn_urls=(UDP, TLS), turn_secret="s")
    flow = flows(relays, "")[1]
    server = trial_server(flow, relays, who="essai", now=NOW)
    assert server.urls == [TLS]
    assert server.username == f"{int(NOW.timestamp()) + 900}:essai"
