"""The manager's pages: the partner today, its agents and reasons, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import PASSWORD, Valley, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments.models import Proposal
from cordee.directory.models import Absence, Agent, ExtraOpening, Mandate, Opening, Reason
from cordee.journal.models import Entry
from cordee.web.templatetags.saying import the_day

SignIn = Callable[[User], Client]
PARIS = ZoneInfo("Europe/Paris")
HOME, AGENTS, REASONS = "/administration/", "/administration/agents/", "/administration/demarches/"

STAND_INS, UNANSWERED = "/administration/remplacements/", "/administration/sans-reponse/"


@pytest.fixture
def manager(valley: Valley) -> User:
    user = make_user("responsable@demo.invalid", Role.MANAGER, "Madame Faure")
    Mandate.objects.create(user=user, partner=valley.agent.partner)
    return user


@pytest.fixture
def client(manager: User, signed_in: SignIn) -> Client:
    return signed_in(manager)


def coming_day() -> datetime:
    day = timezone.localdate() + timedelta(days=7)
    return datetime.combine(day, time(10), PARIS)


def asked(**changes: object) -> dict[str, object]:
    return {
        "duration_min": 45,
        "documents": "Bail\nRelevé bancaire\n\n",
        "instructions": "Venez avec votre bail.",
        "words": "APL loyer",
        "skill": "logement",
        "languages": "fr, it",
        "notice_h": 24,
        "horizon_days": 30,
        "sites": [],
        **changes,
    }


def paths(valley: Valley) -> list[str]:
    agent, reason = f"{AGENTS}{valley.agent.pk}/", f"{REASONS}{valley.reason.pk}/"
    of_agent = ("plages", "absence", "ouverture", "mot-de-passe", "fermer")
    below = [f"{agent}{each}/" for each in of_agent]
    new = [f"{AGENTS}nouveau/", f"{REASONS}nouvelle/"]
    return [
        HOME,
        AGENTS,
        REASONS,
        STAND_INS,
        UNANSWERED,
        agent,
        *below,
        reason,
        f"{reason}fermer/",
        *new,
    ]


def test_every_page_opens_for_the_manager(valley: Valley, client: Client) -> None:
    for path in paths(valley):
        assert client.get(path).status_code == 200, path


def test_agents_hosts_and_technicians_are_refused(valley: Valley, signed_in: SignIn) -> None:
    for person in (valley.agent.user, valley.host, valley.technician):
        refused = {signed_in(person).get(path).status_code for path in paths(valley)}
        assert refused == {403}


def test_whoever_is_not_signed_in_is_sent_to_the_log_in(valley: Valley) -> None:
    for path in paths(valley):
        assert Client().get(path).headers["location"].startswith("/connexion/")


def test_another_partners_agents_and_reasons_do_not_exist(
    valley: Valley, signed_in: SignIn
) -> None:
    other = make_user("autre@demo.invalid", Role.MANAGER, "Monsieur Blanc")
    Mandate.objects.create(user=other, partner=valley.stranger.partner)
    stranger = signed_in(other)
    own = {HOME, AGENTS, REASONS, STAND_INS, UNANSWERED, f"{AGENTS}nouveau/", f"{REASONS}nouvelle/"}
    for path in paths(valley):
        assert stranger.get(path).status_code == (200 if path in own else 404), path
        if path not in own:
            assert stranger.post(path, {}).status_code == 404, path
    page = stranger.get(HOME).content.decode() + stranger.get(AGENTS).content.decode()
    assert "Madame Martin" not in page


def test_a_manager_without_a_partner_is_told_what_to_do(signed_in: SignIn, valley: Valley) -> None:
    idle = signed_in(make_user("sans@demo.invalid", Role.MANAGER, "Camille"))
    response = idle.get(HOME)
    assert response.status_code == 403
    assert "Aucune administration ne vous est confiée" in response.content.decode()


@pytest.mark.parametrize("key", ["0", "999999", "99999999999999999999"])
def test_a_key_that_is_none_does_not_exist(client: Client, key: str) -> None:
    assert client.get(f"{AGENTS}{key}/").status_code == 404
    assert client.get(f"{REASONS}{key}/").status_code == 404


def test_the_day_shows_visits_and_what_needs_somebody(valley: Valley, client: Client) -> None:
    valley.visit(citizen="Lucie")
    page = client.get(HOME).content.decode()
    assert "Lucie" in page
    assert "Madame Martin n’a pas de plage" in page


def test_who_receives_at_extra_hours_alone_is_not_said_to_receive_never(
    valley: Valley, client: Client
) -> None:
    day = datetime.combine(timezone.localdate(), time(14), PARIS)
    ExtraOpening.objects.create(
        agent=valley.agent, starts_at=day, ends_at=day + timedelta(hours=2, minutes=30)
    )
    page = client.get(HOME).content.decode()
    assert "n’a pas de plage" not in page
    assert "14:00 – 16:30" in page


def test_who_is_away_until_midnight_is_back_the_next_day(valley: Valley, client: Client) -> None:
    day = datetime.combine(timezone.localdate(), time(0), PARIS)
    Absence.objects.create(agent=valley.agent, starts_at=day, ends_at=day + timedelta(days=1))
    assert f"jusqu’au {the_day(day)}" in client.get(HOME).content.decode()


def test_the_day_says_who_receives_and_who_is_away(valley: Valley, client: Client) -> None:
    today = timezone.localdate()
    opening = {"weekday": today.weekday(), "start_min": 540, "end_min": 720}
    Opening.objects.create(agent=valley.agent, **opening)
    assert "09:00 – 12:00" in client.get(HOME).content.decode()
    start = datetime.combine(today, time(0), PARIS)
    Absence.objects.create(agent=valley.agent, starts_at=start, ends_at=start + timedelta(days=2))
    page = client.get(HOME).content.decode()
    assert "09:00 – 12:00" not in page
    assert "Absences aujourd’hui" in page


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


def test_closing_an_agent_shows_first_whom_it_touches(valley: Valley, client: Client) -> None:
    first = valley.visit(coming_day(), "Lucie")
    path = f"{AGENTS}{valley.agent.pk}/fermer/"
    assert "Lucie" in client.get(path).content.decode()
    second = valley.visit(coming_day() + timedelta(hours=2), "Marc")
    page = client.post(path, {"seen": str(first.appointment_id)}).content.decode()
    assert "ont changé entre-temps" in page
    accounts = User.objects.filter(pk=valley.agent.user_id, is_active=True)
    assert accounts.exists()
    client.post(path, {"seen": f"{first.appointment_id},{second.appointment_id}"})
    assert not accounts.exists()
    assert Entry.objects.filter(verb="account_closed").count() == 1


def test_a_closed_agent_is_not_changed_any_more(valley: Valley, client: Client) -> None:
    User.objects.filter(pk=valley.agent.user_id).update(is_active=False)
    rule = {"weekday": "0", "starts": "09:00", "ends": "12:00"}
    for path, data in (("", {"languages": "it"}), ("plages/", rule)):
        page = client.post(f"{AGENTS}{valley.agent.pk}/{path}", data, follow=True)
        assert "Le compte de cette personne est fermé" in page.content.decode()
    valley.agent.refresh_from_db()
    assert valley.agent.languages == []
    assert not Opening.objects.exists()


def test_openings_are_added_and_never_overlap(valley: Valley, client: Client) -> None:
    path = f"{AGENTS}{valley.agent.pk}/plages/"
    client.post(path, {"weekday": "0", "starts": "09:00", "ends": "12:00"})
    page = client.post(path, {"weekday": "0", "starts": "11:00", "ends": "13:00"})
    assert "se chevauchent" in page.content.decode()
    opening = Opening.objects.get(agent=valley.agent)
    removed = {"kind": "opening", "key": opening.pk}
    client.post(f"{AGENTS}{valley.agent.pk}/retirer/", removed)
    assert not Opening.objects.exists()
    # A second click finds it done, a page kept open too.
    again = client.post(f"{AGENTS}{valley.agent.pk}/retirer/", removed, follow=True)
    assert "C’est déjà retiré." in again.content.decode()
    late = client.post(f"{path}{opening.pk}/", follow=True)
    assert "Cette période n’existe plus." in late.content.decode()


def test_another_agents_opening_cannot_be_taken_back(valley: Valley, client: Client) -> None:
    foreign = Opening.objects.create(agent=valley.stranger, weekday=0, start_min=540, end_min=720)
    data = {"kind": "opening", "key": foreign.pk}
    said = client.post(f"{AGENTS}{valley.agent.pk}/retirer/", data, follow=True)
    assert "C’est déjà retiré." in said.content.decode()
    assert client.post(f"{AGENTS}{valley.stranger.pk}/retirer/", data).status_code == 404
    assert Opening.objects.exists()


def test_the_stretches_of_a_weekday_stand_in_one_line(valley: Valley, client: Client) -> None:
    for start in (540, 840):
        Opening.objects.create(agent=valley.agent, weekday=0, start_min=start, end_min=start + 120)
    page = client.get(f"{AGENTS}{valley.agent.pk}/").content.decode()
    assert page.count("<b>Lundi</b>") == 1
    assert "09:00 – 11:00" in page
    assert "14:00 – 16:00" in page


def test_a_call_that_nobody_makes_is_shown_to_the_manager(valley: Valley, client: Client) -> None:
    held = valley.visit(coming_day()).appointment
    held.citizen_phone, held.cancelled_why = "+33612345678", "telephone"
    held.cancelled_at = timezone.now()
    held.save()
    assert "attend un appel" not in client.get(HOME).content.decode()
    day = timedelta(days=1)
    Absence.objects.create(
        agent=valley.agent, starts_at=coming_day() - day, ends_at=coming_day() + day
    )
    page = client.get(HOME).content.decode()
    assert "Lucie attend un appel" in page
    assert 'href="tel:+33612345678"' in page


def test_an_absence_and_an_extra_opening_are_noted_and_taken_back(
    valley: Valley, client: Client
) -> None:
    day = str(coming_day().date())
    span = {"first_day": day, "starts": "09:00", "last_day": day, "ends": "17:00"}
    valley.visit(coming_day(), "Lucie")
    path = f"{AGENTS}{valley.agent.pk}/"
    shown = client.post(f"{path}absence/", span)
    assert "Lucie" in shown.content.decode()
    assert not Absence.objects.exists()
    client.post(f"{path}absence/", {**span, "seen": shown.context["touched"].seen})
    client.post(f"{path}ouverture/", span)
    for kind, model in (("absence", Absence), ("extra", ExtraOpening)):
        key = model.objects.get(agent=valley.agent).pk
        client.post(f"{path}retirer/", {"kind": kind, "key": key})
        assert not model.objects.exists()


def test_openings_absences_and_extra_openings_are_changed_by_the_manager(
    valley: Valley, client: Client
) -> None:
    day = str(coming_day().date())
    span = {"first_day": day, "starts": "14:00", "last_day": day, "ends": "17:00"}
    path = f"{AGENTS}{valley.agent.pk}/"
    client.post(f"{path}plages/", {"weekday": "1", "starts": "09:00", "ends": "12:00"})
    for kind in ("absence", "ouverture"):
        client.post(f"{path}{kind}/", span)
    opening, absence, extra = (
        Opening.objects.get(),
        Absence.objects.get(),
        ExtraOpening.objects.get(),
    )
    asked = {"weekday": "1", "starts": "09:00", "ends": "24:00"}
    page = client.post(f"{path}plages/{opening.pk}/", asked, follow=True).content.decode()
    assert "09:00 – 24:00" in page
    visit = valley.visit(coming_day(), "Lucie")
    wider = {**span, "starts": "09:00"}
    client.post(f"{path}ouverture/{extra.pk}/", wider)
    shown = client.post(f"{path}absence/{absence.pk}/", wider)
    assert "Lucie" in shown.content.decode()
    assert Absence.objects.get().starts_at == absence.starts_at
    client.post(f"{path}absence/{absence.pk}/", {**wider, "seen": shown.context["touched"].seen})
    start = coming_day() - timedelta(hours=1)
    assert ExtraOpening.objects.get().starts_at == Absence.objects.get().starts_at == start
    assert Proposal.objects.filter(appointment=visit.appointment_id).exists()
    assert f"{path}absence/{absence.pk}/" in client.get(path).content.decode()
    stranger = f"{AGENTS}{valley.stranger.pk}/absence/{absence.pk}/"
    assert client.get(stranger).status_code == 404


def test_a_reason_is_added_with_all_that_it_says(valley: Valley, client: Client) -> None:
    client.post(f"{REASONS}nouvelle/", asked(label="Prime", sites=[str(valley.site.pk)]))
    reason = Reason.objects.get(label="Prime")
    assert reason.partner == valley.agent.partner
    assert reason.documents == ["Bail", "Relevé bancaire"]
    assert (reason.duration_min, reason.skill, reason.languages) == (45, "logement", ["fr", "it"])
    assert list(reason.sites.all()) == [valley.site]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"duration_min": 47}, "de 5 à 240 minutes"),
        ({"duration_min": "une heure"}, "Écrivez un nombre entier"),
        ({"notice_h": 999}, "dépasse l’horizon"),
        ({"horizon_days": 400}, "dépasse l’horizon"),
        ({"notice_h": -1}, "Écrivez un nombre entier"),
        ({"horizon_days": 10**12}, "Écrivez un nombre entier"),
        ({"languages": "fra"}, "Écrivez chaque langue en deux lettres"),
        ({"documents": "x" * 201}, "Vingt papiers au plus"),
        ({"documents": "\n".join(map(str, range(21)))}, "Vingt papiers au plus"),
        ({"instructions": "x" * 1001}, "1000 signes au plus"),
        ({"sites": ["999"]}, "Choisissez dans la liste"),
    ],
)
def test_a_reason_that_makes_no_sense_is_not_half_written(
    valley: Valley, client: Client, changes: dict[str, object], said: str
) -> None:
    path = f"{REASONS}{valley.reason.pk}/"
    assert said in client.post(path, asked(**changes)).content.decode()
    valley.reason.refresh_from_db()
    assert valley.reason.documents == []
    new = client.post(f"{REASONS}nouvelle/", asked(label="Prime", **changes))
    assert said in new.content.decode()
    assert not Reason.objects.filter(label="Prime").exists()
    assert not Entry.objects.exists()


def test_two_reasons_never_bear_one_name(valley: Valley, client: Client) -> None:
    page = client.post(f"{REASONS}nouvelle/", asked(label="Aide au logement"))
    assert "Une démarche porte déjà ce nom" in page.content.decode()
    valley.reason.refresh_from_db()
    assert valley.reason.skill == ""


def test_closing_a_reason_shows_who_is_booked_and_keeps_them(
    valley: Valley, client: Client
) -> None:
    visit = valley.visit(coming_day(), "Lucie")
    path = f"{REASONS}{valley.reason.pk}/fermer/"
    assert "Lucie" in client.get(path).content.decode()
    assert "ont changé entre-temps" in client.post(path, {"act": "close"}).content.decode()
    offered = Reason.objects.filter(pk=valley.reason.pk, is_open=True)
    assert offered.exists()
    client.post(path, {"act": "close", "seen": str(visit.appointment_id)})
    assert not offered.exists()
    visit.appointment.refresh_from_db()
    assert visit.appointment.cancelled_at is None
    assert "Fermée" in client.get(REASONS).content.decode()
    client.post(path, {"act": "open"})
    assert offered.exists()
