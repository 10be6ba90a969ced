from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley, message_failed

from cordee.accounts.models import User
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.fleet.models import Kiosk
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


def test_cancelling_asks_once_and_gives_the_hour_back(valley: Valley, desk: Client) -> None:
    address = f"/accueil/rendez-vous/{valley.visit(NOON).public_id}/annuler/"
    assert "Annuler ce rendez-vous" in desk.get(address).content.decode()
    assert Visit.objects.get().state == VisitState.BOOKED
    response = desk.post(address)
    assert response["Location"] == "/accueil/?jour=2030-12-10"
    assert Visit.objects.get().state == VisitState.CANCELLED


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


def test_the_desk_is_told_whom_to_call(valley: Valley, desk: Client) -> None:
    visit = valley.visit(citizen="Lucie")
    about = visit.appointment_id
    message_failed("appointment", f"appointment {about} reminder citizen", about)

    assert (
        "Appelez la personne : Lucie, 06\u00a012\u00a034\u00a056\u00a078."
        in desk.get("/accueil/").content.decode()
    )

    data = {"rendez-vous": str(visit.appointment_id), "contact": "+33612345678"}
    assert desk.post("/accueil/appele/", data)["Location"] == "/accueil/"
    assert "Appelez la personne" not in desk.get("/accueil/").content.decode()
    assert "C’était déjà noté." in desk.post("/accueil/appele/", data, follow=True).text
    valley.kiosk.site = valley.other_site
    valley.kiosk.save()
    for key in (data["rendez-vous"], "0", "x", ""):
        assert desk.post("/accueil/appele/", {**data, "rendez-vous": key}).status_code == 404


def test_the_desk_tells_who_waits_that_they_do(valley: Valley, desk: Client) -> None:
    now = timezone.now()
    entry = WaitingEntry.objects.create(
        reason=valley.reason,
        site=valley.site,
        citizen="Lucie",
        contact_kind="mobile",
        code="ABCDEF",
        until_at=now + timedelta(days=3),
        entered_at=now,
    )
    message_failed("waiting", f"waiting {entry.pk}", entry.pk)
    page = desk.get("/accueil/").content.decode()
    assert "Son code est ABCDEF." in page
    assert f'name="attente" value="{entry.pk}"' in page

    data = {"attente": str(entry.pk), "contact": "+33612345678"}
    assert desk.post("/accueil/appele/", data)["Location"] == "/accueil/"
    assert "ABCDEF" not in desk.get("/accueil/").content.decode()
    assert "C’était déjà noté." in desk.post("/accueil/appele/", data, follow=True).text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("by telephone", "Lucie attend un appel"),
        ("by telephone desk", "et personne n’est là pour appeler. Voyez avec"),
        ("again 3 called 7", "l’agent est de nouveau là"),
        ("offer 1", "Elle répond avec son nom et le code"),
    ],
)
def test_the_desk_says_what_failed_of_a_call_and_of_an_offer(
    valley: Valley, desk: Client, change: str, said: str
) -> None:
    now = timezone.now()
    held = valley.visit(citizen="Lucie").appointment
    is_offer = change.startswith("offer ")
    if is_offer:
        held.hold_ends_at = now + timedelta(hours=2)
        entry = WaitingEntry.objects.create(
            reason=valley.reason, citizen="Lucie", until_at=held.starts_at, entered_at=now
        )
        Offer.objects.create(
            entry=entry, appointment=held, code="ABCDEF", expires_at=held.hold_ends_at
        )
    else:
        held.cancelled_at, held.cancelled_why = now, "telephone"
        User.objects.filter(pk=held.agent.user_id).update(is_active=not change.endswith("desk"))
    held.save()
    message_failed(
        "appointment", change if is_offer else f"appointment {held.pk} {change}", held.pk
    )
    assert said in desk.get("/accueil/").content.decode()

    desk.post("/accueil/appele/", {"rendez-vous": str(held.pk), "contact": "+33612345678"})

    assert said not in desk.get("/accueil/").content.decode()


def test_who_has_come_is_noted_and_shown(valley: Valley, desk: Client) -> None:
    visit = valley.visit()
    page = desk.get("/accueil/").content.decode()
    assert f"/accueil/rendez-vous/{visit.public_id}/arrive/" in page
    desk.post(f"/accueil/rendez-vous/{visit.public_id}/arrive/")
    visit.appointment.refresh_from_db()
    assert visit.appointment.checked_in_at is not None
    page = desk.get("/accueil/").content.decode()
    assert "Sur place à" in page
    assert "/arrive/" not in page


def test_nobody_is_absent_before_the_hour(valley: Valley, desk: Client) -> None:
    visit = valley.visit()
    address = f"/accueil/rendez-vous/{visit.public_id}/absent/"
    assert "pas encore venue" in desk.post(address, follow=True).content.decode()
    Appointment.objects.update(starts_at=timezone.now() - timedelta(minutes=5))
    assert "/absent/" in desk.get("/accueil/").content.decode()
    desk.post(address)
    visit.appointment.refresh_from_db()
    assert visit.appointment.no_show_at is not None
    assert "Pas venu" in desk.get("/accueil/").content.decode()


def test_the_next_visit_stands_out(valley: Valley, desk: Client) -> None:
    first = valley.visit(timezone.now() + timedelta(minutes=2), "Lucie")
    valley.visit(timezone.now() + timedelta(minutes=3), "Marc")
    answer = desk.get("/accueil/")
    assert answer.context["next_visit"] == first.public_id
    assert answer.content.decode().count("is-next") == 1


@pytest.mark.parametrize("act", ["arrive/", "absent/"])
def test_a_visit_of_others_is_neither_here_nor_absent(
    valley: Valley, desk: Client, elsewhere: Site, act: str
) -> None:
    visit = valley.visit()
    theirs = Kiosk.objects.create(site=elsewhere, name="Mairie 1", public_key="r" * 43)
    Appointment.objects.update(kiosk=theirs)
    assert desk.post(f"/accueil/rendez-vous/{visit.public_id}/{act}").status_code == 404
    assert desk.get(f"/accueil/rendez-vous/{visit.public_id}/").status_code == 404
    assert desk.get(f"/accueil/rendez-vous/{visit.public_id}/papier.pdf").status_code == 404


def test_the_day_s_list_names_everyone_but_who_cancelled(valley: Valley, desk: Client) -> None:
    valley.visit(NOON, "Lucie")
    gone = valley.visit(NOON + timedelta(hours=1), "Marc")
    Visit.objects.filter(pk=gone.pk).update(state=VisitState.CANCELLED)
    page = desk.get("/accueil/liste/?jour=2030-12-10").content.decode()
    assert "Lucie" in page
    assert "Marc" not in page


def test_the_kiosk_is_in_a_call_while_a_visit_is_live(valley: Valley, desk: Client) -> None:
    visit = valley.visit(NOON)
    now = timezone.now()
    here = Kiosk.objects.filter(pk=valley.kiosk.pk)
    here.update(link="socket", connected_at=now, last_seen_at=now)
    assert "Prête" in desk.get("/accueil/").content.decode()
    Visit.objects.filter(pk=visit.pk).update(state=VisitState.LIVE)
    page = desk.get("/accueil/").content.decode()
    assert re.search(r'<span class="light live"><svg.*?</svg>En appel</span>', page)
