"""The manager's pages: the partner today, its agents and reasons, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley, in_a_week, make_user

from cordee.accounts.models import User
from cordee.accounts.rules import Role
from cordee.appointments.models import Proposal
from cordee.directory.models import Absence, ExtraOpening, Mandate, Opening, Reason
from cordee.directory.services import describe_partner
from cordee.journal.models import Entry
from cordee.journal.rules import OPERATOR
from cordee.web.templatetags.saying import the_day

SignIn = Callable[[User], Client]
PARIS = ZoneInfo("Europe/Paris")
HOME, AGENTS, REASONS = "/administration/", "/administration/agents/", "/administration/demarches/"

STAND_INS, UNANSWERED = "/administration/remplacements/", "/administration/sans-reponse/"


@pytest.fixture
def client(manager: User, signed_in: SignIn) -> Client:
    return signed_in(manager)


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
        "video_url": "",
        "blind_rules": "",
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
    held = valley.visit(in_a_week()).appointment
    held.citizen_phone, held.cancelled_why = "+33612345678", "telephone"
    held.cancelled_at = timezone.now()
    held.save()
    assert "attend un appel" not in client.get(HOME).content.decode()
    day = timedelta(days=1)
    Absence.objects.create(
        agent=valley.agent, starts_at=in_a_week() - day, ends_at=in_a_week() + day
    )
    page = client.get(HOME).content.decode()
    assert "Lucie attend un appel" in page
    assert 'href="tel:+33612345678"' in page


def test_an_absence_and_an_extra_opening_are_noted_and_taken_back(
    valley: Valley, client: Client
) -> None:
    day = str(in_a_week().date())
    span = {"first_day": day, "starts": "09:00", "last_day": day, "ends": "17:00"}
    valley.visit(in_a_week(), "Lucie")
    path = f"{AGENTS}{valley.agent.pk}/"
    shown = client.post(f"{path}absence/", span)
    assert "Lucie" in shown.content.decode()
    assert not Absence.objects.exists()
    client.post(f"{path}absence/", {**span, "seen": shown.context["touched"].left.seen})
    client.post(f"{path}ouverture/", span)
    for kind, model in (("absence", Absence), ("extra", ExtraOpening)):
        key = model.objects.get(agent=valley.agent).pk
        client.post(f"{path}retirer/", {"kind": kind, "key": key})
        assert not model.objects.exists()


def test_openings_absences_and_extra_openings_are_changed_by_the_manager(
    valley: Valley, client: Client
) -> None:
    day = str(in_a_week().date())
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
    visit = valley.visit(in_a_week(), "Lucie")
    wider = {**span, "starts": "09:00"}
    client.post(f"{path}ouverture/{extra.pk}/", wider)
    shown = client.post(f"{path}absence/{absence.pk}/", wider)
    assert "Lucie" in shown.content.decode()
    assert Absence.objects.get().starts_at == absence.starts_at
    client.post(
        f"{path}absence/{absence.pk}/", {**wider, "seen": shown.context["touched"].left.seen}
    )
    start = in_a_week() - timedelta(hours=1)
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


def test_a_reason_is_met_in_the_partners_own_tool_where_it_is_declared(
    valley: Valley, client: Client
) -> None:
    partner, room = valley.agent.partner, "https://visio.caf.example/salle"
    describe_partner(
        partner=partner, allowed_hosts=["visio.caf.example"], actor=OPERATOR, now=timezone.now()
    )
    path = f"{REASONS}{valley.reason.pk}/"
    for wrong, said in (
        ("https://visio.example/salle", "n’est pas déclaré pour votre administration"),
        ("http://visio.caf.example/salle", "commence par https://"),
        ("la salle bleue", "commence par https://"),
    ):
        assert said in client.post(path, asked(video_url=wrong)).content.decode()
    valley.reason.refresh_from_db()
    assert (valley.reason.video_url, valley.reason.skill) == ("", "")

    client.post(path, asked(video_url=room))
    assert room in client.get(path).content.decode()
    valley.reason.refresh_from_db()
    assert valley.reason.video_url == room
    # The same host, as a person may well write it.
    client.post(path, asked(video_url="https://Visio.CAF.example:443/autre"))
    valley.reason.refresh_from_db()
    assert valley.reason.video_url.endswith("/autre")
    client.post(path, asked())
    valley.reason.refresh_from_db()
    assert valley.reason.video_url == ""


def test_fields_that_only_the_person_fills_in_are_kept_line_by_line(
    valley: Valley, client: Client
) -> None:
    partner = valley.agent.partner
    describe_partner(
        partner=partner,
        start_url="https://caf.example/debut",
        allowed_hosts=["compte.caf.example"],
        actor=OPERATOR,
        now=timezone.now(),
    )
    path = f"{REASONS}{valley.reason.pk}/"
    for wrong, said in (
        ("caf.example input:has(b)", "un site, un espace, puis un champ d’une seule ligne"),
        ("#numero", "un site, un espace, puis un champ d’une seule ligne"),
        ("\n".join(f"caf.example #c{n}" for n in range(21)), "Vingt lignes au plus"),
        ("banque.example #numero", "nomme un site que cette démarche n’ouvre pas"),
    ):
        assert said in client.post(path, asked(blind_rules=wrong)).content.decode()
    valley.reason.refresh_from_db()
    assert (valley.reason.blind_rules, valley.reason.skill) == ([], "")

    lines = "caf.example   #numero-fiscal\r\n\r\ncompte.caf.example form > .prive\n"
    client.post(path, asked(blind_rules=lines))
    valley.reason.refresh_from_db()
    rules = ["caf.example #numero-fiscal", "compte.caf.example form > .prive"]
    assert valley.reason.blind_rules == rules
    assert "\n".join(rules).replace(">", "&gt;") in client.get(path).content.decode()
    client.post(path, asked())
    valley.reason.refresh_from_db()
    assert valley.reason.blind_rules == []


def test_two_reasons_never_bear_one_name(valley: Valley, client: Client) -> None:
    page = client.post(f"{REASONS}nouvelle/", asked(label="Aide au logement"))
    assert "Une démarche porte déjà ce nom" in page.content.decode()
    valley.reason.refresh_from_db()
    assert valley.reason.skill == ""


def test_no_reason_asks_for_an_interpreter(valley: Valley, client: Client) -> None:
    for path in (f"{REASONS}{valley.reason.pk}/", f"{REASONS}nouvelle/"):
        made = asked(skill="Interprète", label="Aide")
        assert "Un interprète ne reçoit personne." in client.post(path, made).content.decode()
    assert not Reason.objects.exclude(skill="").exists()
    assert not Reason.objects.filter(label="Aide").exists()


def test_closing_a_reason_shows_who_is_booked_and_keeps_them(
    valley: Valley, client: Client
) -> None:
    visit = valley.visit(in_a_week(), "Lucie")
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
