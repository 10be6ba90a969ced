from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from web.valley import PASSWORD, Valley, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.journal.models import Entry
from cordee.journal.queries import entries_about

BAD_PAIR = "Cette adresse et ce mot de passe ne vont pas ensemble."


def log_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/connexion/", {"username": email, "password": password, **more})


@pytest.mark.parametrize(
    ("email", "home"),
    [
        ("accueil@demo.invalid", "/accueil/"),
        ("conseil@demo.invalid", "/guichet/"),
        ("technique@demo.invalid", "/parc/"),
    ],
)
def test_each_role_lands_on_its_own_page(valley: Valley, email: str, home: str) -> None:
    response = log_in(Client(), email)
    assert (response.status_code, response["Location"]) == (302, home)


def test_log_in_returns_to_the_page_asked_for(valley: Valley) -> None:
    response = log_in(Client(), "conseil@demo.invalid", next="/guichet/cles/")
    assert response["Location"] == "/guichet/cles/"


def test_log_in_never_leaves_for_another_host(valley: Valley) -> None:
    response = log_in(Client(), "conseil@demo.invalid", next="https://ailleurs.invalid/")
    assert response["Location"] == "/guichet/"


@pytest.mark.parametrize("email", ["conseil@demo.invalid", "personne@demo.invalid"])
def test_wrong_password_and_unknown_address_get_the_same_answer(valley: Valley, email: str) -> None:
    page = log_in(Client(), email, "faux").content.decode()
    assert BAD_PAIR in page
    assert f'value="{email}"' in page


def test_empty_fields_are_each_named(valley: Valley) -> None:
    page = log_in(Client(), "", "").content.decode()
    assert "Écrivez votre adresse e-mail." in page
    assert "Écrivez votre mot de passe." in page
    assert "<title>Erreur" in page


def test_too_many_wrong_passwords_close_the_door_in_plain_words(valley: Valley) -> None:
    client = Client()
    for _ in range(4):
        log_in(client, "conseil@demo.invalid", "faux")
    response = log_in(client, "conseil@demo.invalid", "faux")
    assert response.status_code == 429
    assert "Trop d’essais" in response.content.decode()
    assert log_in(client, "conseil@demo.invalid").status_code == 429


def test_log_out_is_a_post_and_closes_the_session(
    valley: Valley, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(valley.host)
    assert client.get("/deconnexion/").status_code == 405
    assert client.post("/deconnexion/").status_code == 302
    assert client.get("/accueil/")["Location"].startswith("/connexion/")


def test_language_is_changed_by_the_button(valley: Valley) -> None:
    client = Client(headers={"accept-language": "fr"})
    assert '<html lang="fr"' in client.get("/").content.decode()
    client.post("/langue/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert "Someone to help you" in page


def test_a_closed_door_stays_closed_however_the_address_is_written(valley: Valley) -> None:
    client = Client()
    for email in ("conseil@demo.invalid", "Conseil@demo.invalid", " CONSEIL@demo.invalid") * 2:
        log_in(client, email, "faux")

    assert log_in(client, "CONSEIL@DEMO.INVALID").status_code == 429
    assert "_auth_user_id" not in client.session


def _noted(user: User) -> list[str]:
    about = entries_about("user", str(user.pk))
    return [entry.verb for entry in about if entry.verb != "account_opened"]


def test_coming_in_and_going_out_are_written_down(valley: Valley) -> None:
    client, agent = Client(), User.objects.get(email="conseil@demo.invalid")

    log_in(client, agent.email, "faux")
    log_in(client, agent.email)
    client.post("/deconnexion/")
    client.post("/deconnexion/")

    assert _noted(agent) == ["logged_in", "logged_out"]
    entry = entries_about("user", str(agent.pk))[-1]
    assert (entry.actor_kind, entry.actor_id, entry.detail) == ("user", str(agent.pk), {})


def test_a_closed_door_is_written_down_once_and_without_what_was_typed(valley: Valley) -> None:
    agent = User.objects.get(email="conseil@demo.invalid")
    for _ in range(8):
        log_in(Client(), "CONSEIL@demo.invalid", "faux")
        log_in(Client(), "personne@demo.invalid", "faux")

    assert _noted(agent) == ["locked_out"]
    assert Entry.objects.filter(verb="locked_out").count() == 1
    assert "personne" not in str(list(Entry.objects.values()))


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.SECURITY])
def test_a_role_without_a_page_is_told_so(signed_in: Callable[[User], Client], role: Role) -> None:
    person = signed_in(make_user(f"{role}@demo.invalid", role, "Camille"))

    assert "pas encore de page pour votre fonction" in person.get("/ma-page/").content.decode()
