from __future__ import annotations

import pytest
from factories import NOW, World, make_user

from cordee.accounts.rules import Role
from cordee.directory import services
from cordee.directory.rules import hosts_of, is_interpreters
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
