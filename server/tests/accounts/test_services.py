from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from factories import NOW, World, make_user

from cordee.accounts.models import User
from cordee.accounts.permissions import AGENT, KIOSK, PUBLIC, SIGNED_IN, may_enter
from cordee.accounts.rules import Role
from cordee.accounts.services import EmailTaken, PasswordWeak, close_account, create_user
from cordee.journal.rules import OPERATOR


def test_an_address_is_found_however_it_is_written(db: None) -> None:
    user = make_user(" Conseil@Demo.invalid", Role.AGENT, "Madame Martin")

    assert User.objects.get_by_natural_key("CONSEIL@demo.invalid") == user


def test_two_accounts_cannot_share_an_address(world: World) -> None:
    with pytest.raises(EmailTaken):
        make_user("CONSEIL@demo.invalid", Role.AGENT, "Une autre")


def test_a_role_opens_its_own_doors_only(world: World) -> None:
    assert may_enter(world.agent.user, AGENT)
    assert not may_enter(world.host, AGENT)
    assert may_enter(world.host, SIGNED_IN)


def test_nobody_passes_where_no_session_is_asked_for_only() -> None:
    assert may_enter(AnonymousUser(), PUBLIC)
    assert may_enter(None, KIOSK)
    assert not may_enter(AnonymousUser(), SIGNED_IN)


def test_a_closed_account_opens_nothing(world: World) -> None:
    close_account(user=world.host, actor=OPERATOR, now=NOW)

    assert not may_enter(User.objects.get(pk=world.host.pk), SIGNED_IN)


@pytest.mark.parametrize("password", ["", "a", "onze signes", "password1234"])
def test_a_password_that_is_easily_guessed_opens_no_account(db: None, password: str) -> None:
    with pytest.raises(PasswordWeak):
        create_user(
            email="neuf@demo.invalid",
            password=password,
            name="Neuf",
            role=Role.HOST,
            actor=OPERATOR,
            now=NOW,
        )
    assert not User.objects.exists()
