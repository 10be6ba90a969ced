"""A partner's agents: taken on, given passwords, described and closed by the manager."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from web.valley import PASSWORD, Valley, in_a_week

from cordee.accounts.models import User
from cordee.directory.models import Agent, Opening, Reason
from cordee.directory.rules import INTERPRETER_SKILL
from cordee.journal.models import Entry

SignIn = Callable[[User], Client]
AGENTS = "/administration/agents/"


@pytest.fixture
def client(manager: User, signed_in: SignIn) -> Client:
    return signed_in(manager)


def test_a_new_agent_can_sign_in_with_the_password_shown_once(
    valley: Valley, client: Client, manager: User
) -> None:
    made = {"label": "Monsieur Petit", "email": "Petit@Demo.invalid", "languages": "fr, it"}
    page = client.post(f"{AGENTS}nouveau/", made)
    agent = Agent.objects.get(label="Monsieur Petit")
    assert agent.partner == valley.agent.partner
    assert agent.languages == ["fr", "it"]
    password = page.context["password"]
    assert agent.user.check_password(password)
    assert password in page.content.decode()
    assert password not in client.get(f"{AGENTS}{agent.pk}/").content.decode()
    entry = Entry.objects.get(verb="added", object_kind="agent")
    assert entry.actor_id == str(manager.pk)


def test_a_second_click_says_where_another_password_is_given(
    valley: Valley, client: Client
) -> None:
    made = {"label": "Monsieur Petit", "email": "petit@demo.invalid"}
    client.post(f"{AGENTS}nouveau/", made)
    page = client.post(f"{AGENTS}nouveau/", made).content.decode()
    agent = Agent.objects.get(label="Monsieur Petit")
    assert f'<a href="{AGENTS}{agent.pk}/">sa page</a>' in page
    elsewhere = {"label": "Madame Roche", "email": valley.stranger.user.email}
    page = client.post(f"{AGENTS}nouveau/", elsewhere).content.decode()
    assert "Un compte existe déjà avec cette adresse" in page
    assert "sa page" not in page
    assert valley.stranger.label not in page


def test_an_agent_gets_another_password_and_is_signed_out(
    valley: Valley, client: Client, manager: User
) -> None:
    path, user = f"{AGENTS}{valley.agent.pk}/mot-de-passe/", valley.agent.user
    there = Client()
    there.force_login(user)
    assert "Madame Martin" in client.get(path).content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)
    page = client.post(path)
    user.refresh_from_db()
    password = page.context["password"]
    assert password in page.content.decode()
    assert user.check_password(password)
    assert there.get("/guichet/").status_code == 302
    entry = Entry.objects.get(verb="password_given", object_id=str(user.pk))
    assert entry.actor_id == str(manager.pk)
    assert password not in client.get(f"{AGENTS}{valley.agent.pk}/").content.decode()


def test_a_closed_agent_gets_no_password(valley: Valley, client: Client) -> None:
    User.objects.filter(pk=valley.agent.user_id).update(is_active=False)
    page = client.post(f"{AGENTS}{valley.agent.pk}/mot-de-passe/", follow=True)
    assert "Le compte de cette personne est fermé" in page.content.decode()
    assert not Entry.objects.filter(verb="password_given").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "conseil@demo.invalid"}, "Un compte existe déjà avec cette adresse"),
        ({"email": "petit"}, "Relisez cette adresse"),
        ({"label": "Madame Martin"}, "porte déjà ce nom"),
        ({"label": ""}, "Remplissez cette case"),
        ({"label": "x" * 121}, "120 signes au plus"),
        ({"languages": "italien"}, "Écrivez chaque langue en deux lettres"),
        ({"skills": ["inconnue"]}, "Choisissez dans la liste"),
    ],
)
def test_an_agent_that_makes_no_sense_is_not_half_made(
    client: Client, changes: dict[str, object], said: str
) -> None:
    made = {"label": "Monsieur Petit", "email": "petit@demo.invalid", **changes}
    users = User.objects.count()
    assert said in client.post(f"{AGENTS}nouveau/", made).content.decode()
    assert User.objects.count() == users
    assert not Entry.objects.filter(verb="account_opened").exists()


def test_what_an_agent_knows_is_changed(valley: Valley, client: Client) -> None:
    Reason.objects.filter(pk=valley.reason.pk).update(skill="logement")
    client.post(f"{AGENTS}{valley.agent.pk}/", {"skills": ["logement"], "languages": "fr;en"})
    valley.agent.refresh_from_db()
    assert (valley.agent.skills, valley.agent.languages) == (["logement"], ["fr", "en"])
    assert Entry.objects.filter(verb="described", object_kind="agent").count() == 1
    assert "Aide au logement" in client.get(AGENTS).content.decode()


def test_who_receives_becomes_an_interpreter_only_once_it_is_confirmed(
    valley: Valley, client: Client
) -> None:
    valley.visit(in_a_week(), "Lucie")
    Opening.objects.create(agent=valley.agent, weekday=0, start_min=540, end_min=720)
    path, asked = f"{AGENTS}{valley.agent.pk}/", {"skills": [INTERPRETER_SKILL], "languages": "it"}

    page = client.post(path, asked).content.decode()

    assert "Madame Martin ne recevra plus personne" in page
    assert "Ses rendez-vous déjà pris restent." in page
    assert re.search(r'value="interprète"[^>]* checked', page)
    valley.agent.refresh_from_db()
    assert valley.agent.skills == []
    sure = dict(re.findall(r'form="knows" name="(sure)" value="([^"]+)"', page))
    client.post(path, {**asked, **sure})
    valley.agent.refresh_from_db()
    assert valley.agent.skills == [INTERPRETER_SKILL]
    # Who is one already is asked no more.
    client.post(path, {**asked, "languages": "ar"})
    valley.agent.refresh_from_db()
    assert valley.agent.languages == ["ar"]


def test_who_has_no_openings_becomes_an_interpreter_at_once(valley: Valley, client: Client) -> None:
    asked = {"skills": [INTERPRETER_SKILL], "languages": "it"}
    client.post(f"{AGENTS}{valley.agent.pk}/", asked)
    valley.agent.refresh_from_db()
    assert valley.agent.skills == [INTERPRETER_SKILL]


def test_closing_an_agent_shows_first_whom_it_touches(valley: Valley, client: Client) -> None:
    first = valley.visit(in_a_week(), "Lucie")
    path = f"{AGENTS}{valley.agent.pk}/fermer/"
    assert "Lucie" in client.get(path).content.decode()
    second = valley.visit(in_a_week() + timedelta(hours=2), "Marc")
    page = client.post(path, {"seen": str(first.appointment_id)}).content.decode()
    assert "ont changé entre-temps" in page
    accounts = User.objects.filter(pk=valley.agent.user_id, is_active=True)
    assert accounts.exists()
    client.post(path, {"seen": f"{first.appointment_id},{second.appointment_id}"})
    assert not accounts.exists()
    assert Entry.objects.filter(verb="account_closed").count() == 1


def test_closing_an_agent_shows_first_whom_they_were_to_call(
    valley: Valley, client: Client
) -> None:
    call = valley.call(in_a_week(), "Odette")
    path = f"{AGENTS}{valley.agent.pk}/fermer/"
    page = client.get(path).content.decode()
    assert "1 personne attend un appel" in page
    assert "Odette" in page
    client.post(path, {"seen": f"c{call.pk}"})
    assert not User.objects.filter(pk=valley.agent.user_id, is_active=True).exists()


def test_a_closed_agent_is_not_changed_any_more(valley: Valley, client: Client) -> None:
    User.objects.filter(pk=valley.agent.user_id).update(is_active=False)
    rule = {"weekday": "0", "starts": "09:00", "ends": "12:00"}
    for path, data in (("", {"languages": "it"}), ("plages/", rule)):
        page = client.post(f"{AGENTS}{valley.agent.pk}/{path}", data, follow=True)
        assert "Le compte de cette personne est fermé" in page.content.decode()
    valley.agent.refresh_from_db()
    assert valley.agent.languages == []
    assert not Opening.objects.exists()
