from __future__ import annotations

import pytest
from factories import NOW, World, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.directory.mandates import (
    ManagesAnother,
    NotAManager,
    appoint_manager,
    dismiss_manager,
    let_go,
    take_on,
)
from cordee.directory.models import Agent, AgentKey
from cordee.directory.queries import partner_managed_by
from cordee.directory.rules import KeyState
from cordee.directory.services import AgentLabelTaken
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR


@pytest.fixture
def manager(world: World) -> User:
    return make_user("responsable@demo.invalid", Role.MANAGER, "Madame Faure")


def test_a_manager_runs_one_partner_and_each_act_is_noted_once(world: World, manager: User) -> None:
    for _ in range(2):
        appoint_manager(user=manager, partner=world.partner, actor=OPERATOR, now=NOW)
    assert partner_managed_by(manager.pk) == world.partner
    with pytest.raises(ManagesAnother):
        appoint_manager(user=manager, partner=world.stranger.partner, actor=OPERATOR, now=NOW)
    for _ in range(2):
        dismiss_manager(user=manager, partner=world.partner, actor=OPERATOR, now=NOW)
    assert partner_managed_by(manager.pk) is None
    verbs = Entry.objects.filter(object_kind="partner", verb__startswith="manager_")
    assert [entry.verb for entry in verbs.order_by("pk")] == [
        "manager_appointed",
        "manager_dismissed",
    ]


def test_only_a_managers_account_runs_a_partner(world: World) -> None:
    for user in (world.host, world.agent.user, world.technician):
        with pytest.raises(NotAManager):
            appoint_manager(user=user, partner=world.partner, actor=OPERATOR, now=NOW)
        assert partner_managed_by(user.pk) is None


def test_whoever_cannot_be_taken_on_has_no_account(world: World) -> None:
    with pytest.raises(AgentLabelTaken):
        take_on(
            partner=world.partner,
            email="double@demo.invalid",
            password="quatre mots dans la neige",
            label=world.agent.label,
            actor=OPERATOR,
            now=NOW,
        )
    assert not User.objects.filter(email="double@demo.invalid").exists()
    assert Agent.objects.filter(partner=world.partner).count() == 1


def test_whoever_leaves_has_neither_account_nor_keys(world: World) -> None:
    world.certify(world.offer_keys())
    for _ in range(2):
        let_go(agent=world.agent, actor=OPERATOR, now=NOW)
    world.agent.user.refresh_from_db()
    assert not world.agent.user.is_active
    assert AgentKey.objects.get().state == KeyState.REVOKED
    assert Entry.objects.filter(verb="account_closed").count() == 1
