"""Stand-ins and unanswered calls, as the manager sees them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley, in_a_week, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments.models import Appointment, GuestSeat
from cordee.appointments.rules import GuestKind
from cordee.directory.models import Absence, Agent, AgentKey, Mandate
from cordee.directory.rules import KeyState
from cordee.journal.models import Entry
from cordee.visits.models import Callback, Visit
from cordee.visits.rules import VisitState
from cordee_wire.signed import Certificate

SignIn = Callable[[User], Client]
PARIS = ZoneInfo("Europe/Paris")
HOME, AGENTS = "/administration/", "/administration/agents/"
STAND_INS, UNANSWERED = "/administration/remplacements/", "/administration/sans-reponse/"


@pytest.fixture
def client(manager: User, signed_in: SignIn) -> Client:
    return signed_in(manager)


@pytest.fixture
def other(valley: Valley) -> Agent:
    user = make_user("petit@demo.invalid", Role.AGENT, "Monsieur Petit")
    return Agent.objects.create(user=user, partner=valley.agent.partner, label="Monsieur Petit")


def away(agent: Agent) -> Absence:
    return Absence.objects.create(agent=agent, starts_at=in_a_week(8), ends_at=in_a_week(18))


def certify(agent: Agent) -> None:
    AgentKey.objects.create(
        agent=agent,
        recipient="age1",
        verify_key="v" * 43,
        state=KeyState.CERTIFIED,
        certificate=msgspec.to_builtins(Certificate(body="e30", signature="s" * 86)),
        offered_at=timezone.now(),
        certified_at=timezone.now(),
        expires_at=timezone.now() + timedelta(days=365),
    )


def agent_of(visit: Visit) -> int:
    return Appointment.objects.get(pk=visit.appointment_id).agent_id


def test_the_visits_of_an_absent_agent_are_shown_with_who_can(
    valley: Valley, client: Client, other: Agent
) -> None:
    valley.visit(in_a_week(10), "Lucie")
    assert "Aucun rendez-vous n’est à reprendre" in client.get(STAND_INS).content.decode()
    away(valley.agent)
    page = client.get(STAND_INS).content.decode()
    assert "Lucie" in page
    assert f'<option value="{other.pk}" selected>Monsieur Petit ' in page
    assert "Monsieur Roux" not in page
    assert "1 rendez-vous est à reprendre" in client.get(HOME).content.decode()


def test_a_stand_in_whose_key_is_not_certified_is_said_before_the_choice(
    valley: Valley, client: Client, other: Agent
) -> None:
    valley.visit(in_a_week(10), "Lucie")
    away(valley.agent)
    said = "ne peut pas recevoir de papiers : sa clé n’est pas certifiée"
    page = client.get(STAND_INS).content.decode()
    assert "Monsieur Petit (pas de papiers)" in page
    assert f"1 personne de cette liste {said}" in page

    user = make_user("roche@demo.invalid", Role.AGENT, "Madame Roche")
    sealed = Agent.objects.create(user=user, partner=valley.agent.partner, label="Madame Roche")
    certify(sealed)

    page = client.get(STAND_INS).content.decode()
    # Whoever can receive papers is proposed before who cannot.
    assert f'<option value="{sealed.pk}" selected>Madame Roche</option>' in page
    assert "Monsieur Petit (pas de papiers)" in page
    AgentKey.objects.update(expires_at=timezone.now())
    assert "Madame Roche (pas de papiers)" in client.get(STAND_INS).content.decode()


def test_one_visit_is_taken_over_and_the_rest_stay(
    valley: Valley, client: Client, other: Agent
) -> None:
    first, second = valley.visit(in_a_week(10), "Lucie"), valley.visit(in_a_week(14), "Marc")
    away(valley.agent)
    asked = {f"reprend-{visit.appointment_id}": other.pk for visit in (first, second)}
    page = client.post(STAND_INS, {**asked, "un": first.appointment_id}, follow=True)
    assert "1 rendez-vous est repris" in page.content.decode()
    assert (agent_of(first), agent_of(second)) == (other.pk, valley.agent.pk)
    page = client.post(STAND_INS, {**asked, "un": ""}, follow=True)
    assert "Aucun rendez-vous n’est à reprendre" in page.content.decode()
    assert agent_of(second) == other.pk
    assert Entry.objects.filter(verb="stood_in").count() == 2


def test_all_at_once_is_all_or_nothing(valley: Valley, client: Client, other: Agent) -> None:
    first, second = valley.visit(in_a_week(10), "Lucie"), valley.visit(in_a_week(14), "Marc")
    away(valley.agent)
    Absence.objects.create(agent=other, starts_at=in_a_week(13), ends_at=in_a_week(15))
    asked = {f"reprend-{visit.appointment_id}": other.pk for visit in (first, second)}
    page = client.post(STAND_INS, asked, follow=True)
    assert "Cette personne ne reçoit pas à cette heure" in page.content.decode()
    assert {agent_of(first), agent_of(second)} == {valley.agent.pk}


def test_choosing_nobody_says_so(valley: Valley, client: Client) -> None:
    visit = valley.visit(in_a_week(10))
    away(valley.agent)
    page = client.post(STAND_INS, {f"reprend-{visit.appointment_id}": ""}, follow=True)
    assert "Choisissez qui reprend." in page.content.decode()


@pytest.mark.parametrize("key", ["foreign", "999999", "moi", "99999999999999999999"])
def test_whoever_is_not_the_partners_takes_nothing_over(
    valley: Valley, client: Client, key: str
) -> None:
    visit = valley.visit(in_a_week(10))
    away(valley.agent)
    key = str(valley.stranger.pk) if key == "foreign" else key
    asked = {f"reprend-{visit.appointment_id}": key, "un": visit.appointment_id}
    assert client.post(STAND_INS, asked).status_code == 404
    assert agent_of(visit) == valley.agent.pk


def test_another_partners_visit_is_not_taken_over(
    valley: Valley, client: Client, other: Agent
) -> None:
    visit = valley.visit(in_a_week(10))
    Appointment.objects.filter(pk=visit.appointment_id).update(agent=valley.stranger)
    away(valley.stranger)
    asked = {f"reprend-{visit.appointment_id}": other.pk, "un": visit.appointment_id}
    client.post(STAND_INS, asked)
    assert agent_of(visit) == valley.stranger.pk


def test_an_absence_is_noted_with_its_stand_in(
    valley: Valley, client: Client, other: Agent
) -> None:
    visit = valley.visit(in_a_week(10), "Lucie")
    day = str(in_a_week(10).date())
    span = {"first_day": day, "starts": "09:00", "last_day": day, "ends": "17:00"}
    path = f"{AGENTS}{valley.agent.pk}/absence/"
    shown = client.post(path, span)
    assert "Monsieur Petit" in shown.content.decode()
    asked = {
        **span,
        "seen": shown.context["touched"].left.seen,
        f"reprend-{visit.appointment_id}": other.pk,
    }
    client.post(path, asked)
    assert Absence.objects.filter(agent=valley.agent).exists()
    assert agent_of(visit) == other.pk


def test_a_closing_whose_stand_in_cannot_closes_nothing(
    valley: Valley, client: Client, other: Agent
) -> None:
    visit = valley.visit(in_a_week(10), "Lucie")
    away(other)
    path = f"{AGENTS}{valley.agent.pk}/fermer/"
    key = f"reprend-{visit.appointment_id}"
    page = client.post(path, {"seen": str(visit.appointment_id), key: other.pk})
    assert "Cette personne ne reçoit pas à cette heure" in page.content.decode()
    assert User.objects.filter(pk=valley.agent.user_id, is_active=True).exists()
    Absence.objects.all().delete()
    client.post(path, {"seen": str(visit.appointment_id), key: other.pk})
    assert not User.objects.filter(pk=valley.agent.user_id, is_active=True).exists()
    assert agent_of(visit) == other.pk


def test_whoever_was_not_received_is_listed_until_called_back(
    valley: Valley, client: Client
) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3), "Lucie")
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.UNANSWERED)
    held = Appointment.objects.filter(pk=visit.appointment_id)
    held.update(citizen_phone="04 92 45 00 00", contact_kind="landline")
    page = client.get(UNANSWERED).content.decode()
    assert "La personne a attendu, personne ne l’a reçue" in page
    assert 'href="tel:+33492450000"' in page
    assert "1 personne n’a pas été reçue" in client.get(HOME).content.decode()
    done = client.post(
        UNANSWERED, {"visit": visit.public_id, "note": "revient jeudi"}, follow=True
    ).content.decode()
    assert "Noté : Lucie a reçu votre appel." in done
    assert "revient jeudi" in done
    assert "Personne n’est à rappeler" in done


def test_a_note_that_is_too_long_keeps_nothing(valley: Valley, client: Client) -> None:
    visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
    asked = {"visit": visit.public_id, "note": "x" * 201}
    page = client.post(UNANSWERED, asked, follow=True).content.decode()
    assert "Cette note est trop longue" in page
    assert not Callback.objects.exists()


def test_a_visit_that_is_still_to_come_has_nobody_to_call(valley: Valley, client: Client) -> None:
    page = client.post(UNANSWERED, {"visit": valley.visit().public_id}, follow=True)
    assert "il n’y a personne à rappeler" in page.content.decode()
    assert not Callback.objects.exists()


@pytest.mark.parametrize("name", ["", "\0", "0" * 32, "é" * 4000, "foreign"])
def test_a_visit_that_is_not_the_partners_does_not_exist(
    valley: Valley, client: Client, name: str
) -> None:
    if name == "foreign":
        visit = valley.visit(datetime.now(UTC) - timedelta(hours=3))
        Appointment.objects.filter(pk=visit.appointment_id).update(agent=valley.stranger)
        name = visit.public_id
    assert client.post(UNANSWERED, {"visit": name}).status_code == 404
    assert not Callback.objects.exists()


@pytest.fixture
def empty_seat(valley: Valley, other: Agent) -> GuestSeat:
    """A second agent of a visit to come, who is away then."""
    visit = valley.visit(in_a_week(10), "Samia")
    away(other)
    return GuestSeat.objects.create(
        appointment=visit.appointment, kind=GuestKind.SECOND_AGENT, agent=other
    )


@pytest.fixture
def third(valley: Valley) -> Agent:
    user = make_user("roche@demo.invalid", Role.AGENT, "Madame Roche")
    return Agent.objects.create(user=user, partner=valley.agent.partner, label="Madame Roche")


def test_an_empty_seat_is_shown_and_somebody_is_named_for_it(
    client: Client, empty_seat: GuestSeat, third: Agent
) -> None:
    assert "la seconde personne manque" in client.get(HOME).content.decode()
    page = client.get(STAND_INS).content.decode()
    assert "Samia" in page
    assert "Absence de Monsieur Petit" in page
    assert f'<option value="{third.pk}" selected>Madame Roche</option>' in page

    asked = {"siege": empty_seat.pk, f"siege-{empty_seat.pk}": third.pk}
    said = client.post(STAND_INS, asked, follow=True).content.decode()

    assert "Madame Roche prend la place. Le rendez-vous a lieu." in said
    assert "Aucun rendez-vous n’est à reprendre" in said
    empty_seat.refresh_from_db()
    assert empty_seat.agent == third


@pytest.mark.parametrize("key", ["", "0", "moi", "stranger"])
def test_nobody_but_who_was_shown_takes_an_empty_seat(
    valley: Valley, client: Client, empty_seat: GuestSeat, key: str
) -> None:
    key = str(valley.stranger.pk) if key == "stranger" else key
    asked = {"siege": empty_seat.pk, f"siege-{empty_seat.pk}": key}
    said = client.post(STAND_INS, asked, follow=True).content.decode()
    assert "Choisissez qui prend la place." in said
    assert "Personne n’est libre" in said
    before = empty_seat.agent
    empty_seat.refresh_from_db()
    assert empty_seat.agent == before


def test_a_seat_of_another_partner_does_not_exist_here(
    valley: Valley, client: Client, empty_seat: GuestSeat
) -> None:
    Mandate.objects.update(partner=valley.stranger.partner)
    assert "Samia" not in client.get(STAND_INS).content.decode()
    asked = {"siege": empty_seat.pk, f"siege-{empty_seat.pk}": valley.stranger.pk}
    before = empty_seat.agent
    said = client.post(STAND_INS, asked, follow=True).content.decode()
    assert "Ce n’est plus à faire" in said
    empty_seat.refresh_from_db()
    assert empty_seat.agent == before


def sits_in(visit: Visit, agent: Agent) -> GuestSeat:
    return GuestSeat.objects.create(
        appointment=visit.appointment, kind=GuestKind.INTERPRETER, agent=agent, language="ar"
    )


def absence_asked() -> dict[str, object]:
    day = in_a_week(8).date().isoformat()
    return {"first_day": day, "starts": "08:00", "last_day": day, "ends": "18:00", "note": ""}


def test_an_absence_says_that_a_seat_beside_a_colleague_will_be_empty(
    valley: Valley, client: Client, other: Agent
) -> None:
    sits_in(valley.visit(in_a_week(10), "Samia"), other)
    page = client.post(f"{AGENTS}{other.pk}/absence/", absence_asked()).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert "Samia" in page
    assert "sa place d’interprète ou de seconde personne sera vide" in page
    assert "Personne n’est libre" not in page
    assert not Absence.objects.exists()


def test_an_absence_asks_who_takes_over_only_where_somebody_can(
    valley: Valley, client: Client
) -> None:
    valley.visit(in_a_week(10), "Samia")
    page = client.post(f"{AGENTS}{valley.agent.pk}/absence/", absence_asked()).content.decode()
    assert "Personne n’est libre" in page
    assert "Choisissez qui reprend" not in page
    assert "Ces personnes recevront d’autres propositions" in page


def test_an_absence_says_whom_somebody_else_will_have_to_call(
    valley: Valley, client: Client
) -> None:
    call = valley.call(in_a_week(10), "Odette")
    path = f"{AGENTS}{valley.agent.pk}/absence/"
    page = client.post(path, absence_asked()).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert "1 personne attend un appel" in page
    assert "Odette" in page
    assert "d’autres propositions" not in page
    assert not Absence.objects.exists()
    client.post(path, {**absence_asked(), "seen": f"c{call.pk}"})
    assert Absence.objects.filter(agent=valley.agent).exists()


def test_of_another_partners_visit_a_manager_learns_only_that_it_is_touched(
    valley: Valley, client: Client
) -> None:
    visit = valley.visit(in_a_week(10), "Samia")
    sits_in(visit, valley.stranger)
    Mandate.objects.update(partner=valley.stranger.partner)
    path = f"{AGENTS}{valley.stranger.pk}/absence/"
    page = client.post(path, absence_asked()).content.decode()
    assert "Samia" not in page
    assert "1 rendez-vous d’une autre administration est touché aussi" in page
    assert not Absence.objects.exists()
    client.post(path, {**absence_asked(), "seen": str(visit.appointment_id)})
    assert Absence.objects.filter(agent=valley.stranger).exists()


def test_closing_an_account_shows_the_seats_that_it_leaves_empty(
    valley: Valley, client: Client, other: Agent
) -> None:
    seat = sits_in(valley.visit(in_a_week(10), "Samia"), other)
    path = f"{AGENTS}{other.pk}/fermer/"
    page = client.get(path).content.decode()
    assert "Samia" in page
    assert "Aucun rendez-vous n’est touché" not in page
    assert "est à reprendre par quelqu’un d’autre" not in page
    assert "ont changé entre-temps" in client.post(path, {"seen": ""}).content.decode()
    client.post(path, {"seen": str(seat.appointment_id)})
    assert not User.objects.get(pk=other.user_id).is_active
