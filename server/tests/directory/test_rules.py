from __future__ import annotations

import pytest
from factories import NOW, World, make_user

from cordee.accounts.rules import Role
from cordee.directory import services
from cordee.directory.rules import hosts_of, is_blind_rule, is_interpreters
from cordee.journal.rules import OPERATOR


def test_a_visit_may_open_the_partners_hosts_and_its_start() -> None:
    assert hosts_of("https://a.example:8443/x", ["b.example"]) == ["a.example:8443", "b.example"]
    assert hosts_of("", ["b.example"]) == ["b.example"]


@pytest.mark.parametrize("skill", ["interprète", " Interprète", "INTERPRETE", "interpre\u0300te"])
def test_interpreters_skill_is_known_however_it_is_written(skill: str) -> None:
    assert is_interpreters(skill)


@pytest.mark.parametrize("skill", ["", "logement", "interprétation"])
def test_other_skills_are_not_the_interpreters(skill: str) -> None:
    assert not is_interpreters(skill)


def test_two_agents_of_a_partner_are_not_seen_under_one_name(world: World) -> None:
    user = make_user("autre@demo.invalid", Role.AGENT, "Madame Martin")

    with pytest.raises(services.AgentLabelTaken):
        services.add_agent(
            user=user, partner=world.partner, label="Madame Martin", actor=OPERATOR, now=NOW
        )


@pytest.mark.parametrize(
    "line",
    [
        "www.exemple.fr #numero-fiscal",
        "www.exemple.fr:8443 input.prive",
        'exemple.fr form[action="/entre"] > input[name^="num"]',
        "exemple.fr .carte input",
        "127.0.0.1:8001 [data-secret]",
    ],
)
def test_a_host_and_a_plain_selector_are_a_blind_rule(line: str) -> None:
    assert is_blind_rule(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "#numero",
        "www.exemple.fr",
        "www.exemple.fr ",
        "www.exemple.fr #",
        "www.exemple.fr #1er",
        "www.exemple.fr form textarea#iban",
        "www.exemple.fr select",
        "www.exemple.fr [[[",
        'www.exemple.fr [name="a]',
        "www.exemple.fr input:has(a)",
        "www.exemple.fr a, b",
        "www.exemple.fr  a",
        "https://www.exemple.fr input",
        "www.exemple.fr a\ninput",
        "www.exemple.fr " + "a" * 200,
    ],
)
def test_what_a_kiosk_could_not_read_is_none(line: str) -> None:
    assert not is_blind_rule(line)
