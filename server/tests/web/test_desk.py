from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley

from cordee.accounts.models import User
from cordee.appointments.models import Appointment
from cordee.fleet.models import Kiosk
from cordee.notices.models import Notice
from cordee.territory.models import Posting, Site
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState

SignIn = Callable[[User], Client]
NOON = datetime(2030, 12, 10, 12, 0, tzinfo=ZoneInfo("Europe/Paris"))


@pytest.fixture
def desk(valley: Valley, signed_in: SignIn) -> Client:
    client = signed_in(valley.host)
    client.post("/accueil/lieu/", {"site": valley.site.pk})
    return client


def asked(valley: Valley, start: datetime = NOON, **changes: str) -> dict[str, str]:
    local = timezone.localtime(start)
    return {
        "citizen": "Lucie",
        "topic": f"{valley.reason.pk}-{valley.agent.pk}",
        "day": f"{local:%Y-%m-%d}",
        "hour": f"{local:%H:%M}",
        "kiosk": valley.kiosk.public_id,
        **changes,
    }


def test_host_is_asked_where_they_are_first(valley: Valley, signed_in: SignIn) -> None:
    client = signed_in(valley.host)
    assert client.get("/accueil/")["Location"] == "/accueil/lieu/"
    page = client.get("/accueil/lieu/").content.decode()
    assert "Guillestre" in page
    assert "Veynes" in page


def test_the_only_site_is_not_asked_for(valley: Valley, signed_in: SignIn) -> None:
    valley.other_site.delete()
    assert signed_in(valley.host).get("/accueil/").status_code == 200


@pytest.fixture
def elsewhere(valley: Valley) -> Site:
    """A third site, where the valley's host does not work."""
    return Site.objects.create(commune=valley.site.commune, name="Mairie", phone="04")


def test_host_sees_no_site_but_their_own(
    valley: Valley, signed_in: SignIn, elsewhere: Site
) -> None:
    client = signed_in(valley.host)
    assert "Mairie" not in client.get("/accueil/lieu/").content.decode()
    assert client.post("/accueil/lieu/", {"site": elsewhere.pk}).status_code == 404
    assert client.get("/accueil/")["Location"] == "/accueil/lieu/"


def test_visit_at_a_site_of_others_does_not_exist(
    valley: Valley, desk: Client, elsewhere: Site
) -> None:
    visit = valley.visit(NOON)
    theirs = Kiosk.objects.create(site=elsewhere, name="Mairie 1", public_key="r" * 43)
    Appointment.objects.update(kiosk=theirs)
    assert "Lucie" not in desk.get("/accueil/?jour=2030-12-10").content.decode()
    where = f"/accueil/rendez-vous/{visit.public_id}/annuler/"
    assert desk.get(where).status_code == 404
    assert desk.post(where).status_code == 404
    visit.refresh_from_db()
    assert visit.state == VisitState.BOOKED


def test_host_who_is_recalled_loses_the_site_at_once(valley: Valley, desk: Client) -> None:
    assert desk.get("/accueil/").status_code == 200
    Posting.objects.filter(user=valley.host).delete()
    assert desk.get("/accueil/")["Location"] == "/accueil/lieu/"
    assert "rattaché à aucun lieu" in desk.get("/accueil/lieu/").content.decode()


def test_day_shows_who_comes_and_with_whom(valley: Valley, desk: Client) -> None:
    valley.visit(NOON, "Lucie")
    page = desk.get("/accueil/?jour=2030-12-10").content.decode()
    assert "Mardi 10 décembre" in page
    assert "12\u00a0h\u00a000" in page
    assert "Lucie" in page
    assert "Madame Martin" in page


def test_day_leaves_out_other_days_and_other_sites(valley: Valley, desk: Client) -> None:
    valley.visit(NOON + timedelta(days=1), "Jeanne")
    elsewhere = Kiosk.objects.create(site=valley.other_site, name="Veynes 1")
    visit = valley.visit(NOON, "Marc")
    Appointment.objects.filter(pk=visit.appointment_id).update(kiosk=elsewhere)
    page = desk.get("/accueil/?jour=2030-12-10").content.decode()
    assert "Jeanne" not in page
    assert "Marc" not in page
    assert "Personne n’est attendu ce jour-là." in page


def test_a_day_that_is_no_date_shows_today(desk: Client) -> None:
    assert "Personne n’est attendu aujourd’hui." in desk.get("/accueil/?jour=hier").content.decode()


def test_booking_holds_the_hour_and_comes_back_to_its_day(valley: Valley, desk: Client) -> None:
    response = desk.post("/accueil/rendez-vous/", asked(valley))
    assert (response.status_code, response["Location"]) == (302, "/accueil/?jour=2030-12-10")
    booked = Appointment.objects.get()
    assert (booked.citizen, booked.starts_at) == ("Lucie", NOON.astimezone(UTC))
    assert (booked.kiosk, booked.agent, booked.reason) == (
        valley.kiosk,
        valley.agent,
        valley.reason,
    )
    page = desk.get(response["Location"]).content.decode()
    assert "c’est noté" in page


def test_nothing_is_chosen_beforehand(desk: Client) -> None:
    page = desk.get("/accueil/rendez-vous/").content.decode()
    assert '<option value="" selected>Choisissez</option>' in page
    assert page.count(" selected") == 1


def test_an_empty_form_names_each_missing_field_and_books_nothing(desk: Client) -> None:
    page = desk.post("/accueil/rendez-vous/", {}).content.decode()
    for sentence in (
        "Écrivez le prénom de la personne.",
        "Choisissez la démarche.",
        "Choisissez le jour.",
        "Choisissez l’heure.",
    ):
        assert page.count(sentence) == 2, sentence  # in the summary and beside the field
    assert 'href="#id_citizen"' in page
    assert not Appointment.objects.exists()


def test_what_was_typed_is_kept_when_something_is_missing(valley: Valley, desk: Client) -> None:
    data = asked(valley, hour="")
    page = desk.post("/accueil/rendez-vous/", data).content.decode()
    assert 'value="Lucie"' in page
    assert f'<option value="{data["topic"]}" selected>' in page
    assert 'value="2030-12-10"' in page


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (NOON, "prise"),
        (NOON.replace(year=2020), "passé"),
        (NOON + timedelta(minutes=2), "cinq"),
    ],
    ids=["taken", "past", "off the grid"],
)
def test_an_hour_that_cannot_be_held_is_explained_beside_the_hour(
    valley: Valley, desk: Client, start: datetime, words: str
) -> None:
    desk.post("/accueil/rendez-vous/", asked(valley))
    response = desk.post("/accueil/rendez-vous/", asked(valley, start, citizen="Marc"))
    page = response.content.decode()
    assert response.status_code == 200
    beside = page.split('id="id_hour_error"')[1].split("</div>")[0]
    assert words in beside
    assert 'value="Marc"' in page
    assert Appointment.objects.count() == 1


def test_a_topic_of_another_partner_s_agent_is_refused(valley: Valley, desk: Client) -> None:
    data = asked(valley, topic=f"{valley.reason.pk}-{valley.stranger.pk}")
    page = desk.post("/accueil/rendez-vous/", data).content.decode()
    assert "Cette démarche n’est plus proposée." in page
    assert not Appointment.objects.exists()


def test_with_several_kiosks_the_host_chooses_one(valley: Valley, desk: Client) -> None:
    second = Kiosk.objects.create(site=valley.site, name="Guillestre 2", public_key="q" * 43)
    page = desk.post("/accueil/rendez-vous/", asked(valley, kiosk="")).content.decode()
    assert "Choisissez la borne." in page
    desk.post("/accueil/rendez-vous/", asked(valley, kiosk=second.public_id))
    assert Appointment.objects.get().kiosk == second


def test_a_kiosk_of_another_site_is_refused(valley: Valley, desk: Client) -> None:
    Kiosk.objects.create(site=valley.site, name="Guillestre 2", public_key="q" * 43)
    far = Kiosk.objects.create(site=valley.other_site, name="Veynes 1", public_key="r" * 43)
    page = desk.post("/accueil/rendez-vous/", asked(valley, kiosk=far.public_id)).content.decode()
    assert "Cette borne n’est plus là." in page


def test_cancelling_asks_once_and_gives_the_hour_back(valley: Valley, desk: Client) -> None:
    desk.post("/accueil/rendez-vous/", asked(valley))
    address = f"/accueil/rendez-vous/{Visit.objects.get().public_id}/annuler/"
    assert "Annuler ce rendez-vous" in desk.get(address).content.decode()
    assert Visit.objects.get().state == VisitState.BOOKED
    response = desk.post(address)
    assert response["Location"] == "/accueil/?jour=2030-12-10"
    assert Visit.objects.get().state == VisitState.CANCELLED
    assert desk.post("/accueil/rendez-vous/", asked(valley, citizen="Marc")).status_code == 302


def test_a_call_that_is_on_cannot_be_cancelled(valley: Valley, desk: Client) -> None:
    visit = valley.visit(NOON)
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.LIVE)
    response = desk.post(f"/accueil/rendez-vous/{visit.public_id}/annuler/", follow=True)
    assert "notice bad" in response.content.decode()
    assert Visit.objects.get().state == VisitState.LIVE


def test_a_visit_at_another_site_does_not_exist_here(valley: Valley, desk: Client) -> None:
    visit = valley.visit(NOON)
    desk.post("/accueil/lieu/", {"site": valley.other_site.pk})
    assert desk.get(f"/accueil/rendez-vous/{visit.public_id}/annuler/").status_code == 404


@pytest.mark.parametrize(
    "day", ["9999-12-31", "0001-01-01", "1999-12-31", "2026-13-01", "demain", "%00"]
)
@pytest.mark.parametrize("where", ["/accueil/", "/accueil/rendez-vous/"])
def test_a_day_outside_every_calendar_shows_today(desk: Client, where: str, day: str) -> None:
    answer = desk.get(f"{where}?jour={day}")

    assert answer.status_code == 200
    if where == "/accueil/":
        assert answer.context["is_today"]


def test_a_day_at_the_end_of_the_calendar_is_no_booking(valley: Valley, desk: Client) -> None:
    answer = desk.post(
        "/accueil/rendez-vous/", asked(valley, day="9999-12-31", hour="23:55"), follow=True
    )

    assert "Écrivez le jour comme ceci" in answer.content.decode()
    assert not Appointment.objects.exists()


def test_the_desk_is_told_whom_to_call(valley: Valley, desk: Client) -> None:
    visit = valley.visit(citizen="Lucie")
    now = timezone.now()
    Notice.objects.create(
        key="one",
        subject_kind="appointment",
        subject_id=str(visit.appointment_id),
        channel="sms",
        to="+33612345678",
        text="Demain.",
        state="failed",
        written_at=now,
        due_at=now,
        next_at=now,
    )

    assert "Appelez la personne : Lucie, +33612345678." in desk.get("/accueil/").content.decode()
