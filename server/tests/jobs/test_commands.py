from __future__ import annotations

import json
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from factories import PASSWORD, World, new_private_key, signed_in

from cordee.accounts.models import User
from cordee.directory.queries import certificate_of, partner_managed_by, recipients_of
from cordee.fleet.models import Kiosk
from cordee.fleet.services import enrol
from cordee.journal.queries import entries_about
from cordee.kernel.signing import public_key_of
from cordee.territory.models import Site
from cordee.territory.queries import sites_of_host
from cordee.visits.models import Visit
from cordee_wire.signed import key_fingerprint


def _run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue().strip()


def test_the_demo_seeds_people_places_and_what_can_be_booked(db: None) -> None:
    seeded = json.loads(
        _run("seed_demo", "--partner-site", "http://127.0.0.1:9", "--more-kiosks", "2", "--json")
    )

    assert set(seeded["people"]) == {"agent", "host", "manager", "technician"}
    person = seeded["people"]["agent"]
    assert User.objects.get(email=person["email"]).check_password(person["password"])
    assert Kiosk.objects.filter(name=seeded["kiosk"]).exists()
    assert len(seeded["more"]) == 2
    at = (timezone.now() + timedelta(minutes=1)).isoformat()
    for seat in [{"kiosk": seeded["kiosk"], "agent": person["email"]}, *seeded["more"]]:
        booked = json.loads(
            _run(
                *("book", "--kiosk", seat["kiosk"], "--agent", seat["agent"]),
                *("--reason", seeded["reason"], "--at", at, "--citizen", "Lucie", "--json"),
            )
        )
        assert Visit.objects.filter(public_id=booked["visit"]).exists()


def test_the_demo_does_not_touch_a_database_in_use(world: World) -> None:
    with pytest.raises(CommandError, match="n’est pas vide"):
        _run("seed_demo")


def test_a_booking_that_cannot_be_is_refused_in_plain_words(world: World) -> None:
    words = {
        "--kiosk": world.box.kiosk.name,
        "--agent": world.agent.user.email,
        "--reason": world.reason.label,
        "--at": (timezone.now() - timedelta(minutes=1)).isoformat(),
        "--citizen": "Lucie",
    }

    def book(**changed: str) -> str:
        asked = {**words, **{f"--{name}": value for name, value in changed.items()}}
        return _run("book", *(word for pair in asked.items() for word in pair))

    with pytest.raises(CommandError, match="déjà passée"):
        book()
    with pytest.raises(CommandError, match="Aucune borne"):
        book(kiosk="Nulle part")
    with pytest.raises(CommandError, match="Aucun agent"):
        book(agent="personne@demo.invalid")
    with pytest.raises(CommandError, match="motif"):
        book(reason="Autre chose")
    with pytest.raises(CommandError, match="--at"):
        book(at="bientôt")


def test_an_enrolment_code_from_the_console_enrols(world: World) -> None:
    code = _run("enrolment_code", "--kiosk", world.box.kiosk.name).split()[-1]

    key = public_key_of(new_private_key())
    assert enrol(code=code, public_key=key, now=timezone.now()) == world.box.kiosk


def test_an_agent_made_from_the_console_belongs_to_a_partner(world: World) -> None:
    words = ("--email", "a@demo.invalid", "--generate", "--name", "Monsieur Blanc")

    _run("create_user", *words, "--role", "agent", "--partner", "impots")

    assert User.objects.get(email="a@demo.invalid").role == "agent"
    with pytest.raises(CommandError, match="existe déjà"):
        _run("create_user", *words, "--role", "agent", "--partner", "impots")


def test_a_host_made_from_the_console_works_at_a_site(world: World) -> None:
    words = ("--email", "h@demo.invalid", "--generate", "--name", "Accueil", "--role", "host")

    with pytest.raises(CommandError, match="--site"):
        _run("create_user", *words)
    with pytest.raises(CommandError, match="Aucun lieu"):
        _run("create_user", *words, "--site", "Nulle part")
    _run("create_user", *words, "--site", "Maison de la vallée")

    host = User.objects.get(email="h@demo.invalid")
    where = ("--email", host.email, "--site", "Maison de la vallée")
    assert [site.name for site in sites_of_host(host.pk)] == ["Maison de la vallée"]
    _run("post_host", *where, "--recall")
    assert sites_of_host(host.pk) == []
    _run("post_host", *where)
    assert len(sites_of_host(host.pk)) == 1
    with pytest.raises(CommandError, match="Seul un compte d’accueil"):
        _run("post_host", "--email", "technique@demo.invalid", "--site", "Maison de la vallée")
    with pytest.raises(CommandError, match="Aucun compte"):
        _run("post_host", "--email", "personne@demo.invalid", "--site", "Maison de la vallée")


def test_a_manager_made_from_the_console_runs_a_partner(world: World) -> None:
    words = ("--email", "r@demo.invalid", "--generate", "--name", "R", "--role", "manager")

    with pytest.raises(CommandError, match="--partner"):
        _run("create_user", *words)
    _run("create_user", *words, "--partner", "impots")

    manager = User.objects.get(email="r@demo.invalid")
    assert partner_managed_by(manager.pk) == world.stranger.partner
    where = ("--email", manager.email, "--partner")
    with pytest.raises(CommandError, match="gère déjà une autre"):
        _run("appoint_manager", *where, "allocations")
    _run("appoint_manager", *where, "impots", "--dismiss")
    assert partner_managed_by(manager.pk) is None
    _run("appoint_manager", *where, "allocations")
    assert partner_managed_by(manager.pk) == world.partner
    with pytest.raises(CommandError, match="Seul un compte de responsable"):
        _run("appoint_manager", "--email", "accueil@demo.invalid", "--partner", "impots")
    with pytest.raises(CommandError, match="Aucun compte"):
        _run("appoint_manager", "--email", "personne@demo.invalid", "--partner", "impots")
    with pytest.raises(CommandError, match="Aucune administration"):
        _run("appoint_manager", *where, "nulle-part")


def test_the_fleet_is_listed(world: World) -> None:
    [first, _] = json.loads(_run("kiosks", "--json"))

    assert (first["name"], first["is_enrolled"], first["is_connected"]) == (
        "Guillestre 1",
        True,
        False,
    )


def test_purging_says_how_many_pages_went(world: World) -> None:
    assert "0" in _run("purge")


def test_a_place_is_shown_and_set_to_the_relay_only(world: World) -> None:
    name = world.box.kiosk.site.name

    assert "relais seulement : non" in _run("site", name)
    said = _run("site", name, "--relay-only", "oui", "--turnover-min", "15")

    assert "relais seulement : oui" in said
    site = Site.objects.get(name=name)
    assert site.relay_only
    assert site.turnover_min == 15
    with pytest.raises(CommandError, match="240 minutes"):
        _run("site", name, "--turnover-min", "999")
    with pytest.raises(CommandError, match="Aucun lieu"):
        _run("site", "Nulle part")


def test_appointments_are_tended_though_there_is_nothing_to_do(world: World) -> None:
    said = "0 heure(s) libérée(s), 0 rendez-vous à remplacer, 0 place(s) proposée(s)"

    assert _run("tend") == said


def test_a_closed_account_loses_its_sessions_and_its_keys_at_once(world: World) -> None:
    world.certify(world.offer_keys(), now=timezone.now())
    client = signed_in(world.agent.user)
    assert client.get("/guichet/").status_code == 200

    said = _run("close_account", "--email", "CONSEIL@demo.invalid")
    _run("close_account", "--email", "conseil@demo.invalid")

    assert "1 clé" in said
    assert client.get("/guichet/").status_code == 302
    assert client.get("/api/keys").status_code == 401
    again = Client()
    again.post("/connexion/", {"username": "conseil@demo.invalid", "password": PASSWORD})
    assert "_auth_user_id" not in again.session
    assert certificate_of(world.agent, now=timezone.now()) is None
    closed = entries_about("user", str(world.agent.user_id))
    assert [entry.verb for entry in closed].count("account_closed") == 1
    with pytest.raises(CommandError, match="Aucun compte"):
        _run("close_account", "--email", "personne@demo.invalid")


def test_another_password_opens_an_account_that_was_locked(world: World) -> None:
    client = signed_in(world.agent.user)
    assert client.get("/guichet/").status_code == 200
    outside = Client()
    for _ in range(6):
        wrong = {"username": world.agent.user.email, "password": "autre chose"}
        locked = outside.post("/connexion/", wrong)
    assert locked.status_code == 429

    made = _run("give_password", "--email", "CONSEIL@demo.invalid", "--generate").split()[-1]

    assert client.get("/guichet/").status_code == 302
    outside.post("/connexion/", {"username": world.agent.user.email, "password": made})
    assert outside.get("/guichet/").status_code == 200
    given = [entry.verb for entry in entries_about("user", str(world.agent.user_id))]
    assert given.count("password_given") == 1
    with pytest.raises(CommandError, match="Aucun compte"):
        _run("give_password", "--email", "personne@demo.invalid", "--generate")
    _run("close_account", "--email", world.agent.user.email)
    with pytest.raises(CommandError, match="Ce compte est fermé"):
        _run("give_password", "--email", world.agent.user.email, "--generate")


def test_a_password_given_by_hand_must_be_hard_to_guess(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("azerty\n"))
    with pytest.raises(CommandError, match="trop facile"):
        _run("give_password", "--email", world.host.email)
    monkeypatch.setattr(sys, "stdin", StringIO("quatre mots bien longs\n"))
    _run("give_password", "--email", world.host.email)
    world.host.refresh_from_db()
    assert world.host.check_password("quatre mots bien longs")


def test_an_agents_key_is_revoked_by_the_fingerprint_that_its_page_shows(world: World) -> None:
    kept = world.offer_keys()
    world.certify(kept)
    lost = world.offer_keys()
    world.certify(lost)
    whose = ("revoke_key", "--email", "conseil@demo.invalid")

    with pytest.raises(CommandError, match="empreinte"):
        _run(*whose, "--fingerprint", "0000")
    shown = key_fingerprint("Madame Martin", lost.recipient, lost.verify_key)
    _run(*whose, "--fingerprint", shown.upper())

    assert recipients_of(world.agent, now=timezone.now()) == {kept.recipient}
    assert "1 clé" in _run(*whose)
    assert recipients_of(world.agent, now=timezone.now()) == set()
    assert "0 clé" in _run(*whose)
    with pytest.raises(CommandError, match="Aucun agent"):
        _run("revoke_key", "--email", "technique@demo.invalid")


def test_a_password_is_read_from_the_input_or_made_and_shown_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("create_user", "--name", "Neuf", "--role", "technician", "--email")
    monkeypatch.setattr(sys, "stdin", StringIO("a\n"))
    with pytest.raises(CommandError, match="trop facile"):
        _run(*words, "un@demo.invalid")
    monkeypatch.setattr(sys, "stdin", StringIO(f"{PASSWORD}\n"))

    assert PASSWORD not in _run(*words, "un@demo.invalid")
    made = _run(*words, "deux@demo.invalid", "--generate").split()[-1]

    assert User.objects.get(email="un@demo.invalid").check_password(PASSWORD)
    assert User.objects.get(email="deux@demo.invalid").check_password(made)
    with pytest.raises(CommandError):
        _run(*words, "trois@demo.invalid", "--password", PASSWORD)
