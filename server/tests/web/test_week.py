"""The agent's week by form: openings and absences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from web.valley import Valley

from cordee.accounts.models import User
from cordee.appointments.models import GuestSeat, Proposal
from cordee.appointments.rules import GuestKind
from cordee.directory.models import Absence, BusyTime, ExtraOpening, Opening
from cordee.visits.models import Visit
from cordee.visits.rules import VisitState

SignIn = Callable[[User], Client]
PARIS = ZoneInfo("Europe/Paris")
OPENINGS, ABSENCE = "/guichet/semaine/plages/", "/guichet/semaine/absence/"
EXTRA, REMOVE = "/guichet/semaine/ouverture/", "/guichet/semaine/retirer/"


@pytest.fixture
def client(valley: Valley, signed_in: SignIn) -> Client:
    return signed_in(valley.agent.user)


def rule(
    weekday: int = 0, starts: str = "09:00", ends: str = "12:00", **more: str
) -> dict[str, str]:
    return {"weekday": str(weekday), "starts": starts, "ends": ends, **more}


def span(day: date | str, starts: str, ends: str, last: date | str = "") -> dict[str, str]:
    return {"first_day": str(day), "starts": starts, "last_day": str(last or day), "ends": ends}


def coming_day() -> date:
    return timezone.localdate() + timedelta(days=7)


def booked(valley: Valley, citizen: str = "Lucie") -> Visit:
    return valley.visit(datetime.combine(coming_day(), time(10), PARIS), citizen)


def test_week_shows_openings_absences_busy_times_and_visits(valley: Valley, client: Client) -> None:
    day = coming_day()
    start = datetime.combine(day, time(14), PARIS)
    Opening.objects.create(agent=valley.agent, weekday=day.weekday(), start_min=540, end_min=720)
    for model in (Absence, BusyTime, ExtraOpening):
        model.objects.create(
            agent=valley.agent, starts_at=start, ends_at=start + timedelta(hours=1)
        )
    booked(valley)
    page = client.get(f"/guichet/semaine/?semaine={day}").content.decode()
    for kind in ("opening", "absence", "busy", "extra", "visit"):
        assert f'<li class="{kind}"' in page
    assert "09:00 – 12:00" in page
    assert "14:00 – 15:00" in page
    assert "Lucie, Guillestre" in page


def test_whoever_sits_in_sees_the_visit_and_has_no_counter_for_it(
    valley: Valley, signed_in: SignIn
) -> None:
    visit = booked(valley, "Samia Haddad")
    GuestSeat.objects.create(
        appointment=visit.appointment,
        kind=GuestKind.INTERPRETER,
        agent=valley.stranger,
        language="ar",
    )
    client = signed_in(valley.stranger.user)
    week = client.get(f"/guichet/semaine/?semaine={coming_day()}").content.decode()
    assert "Samia (avec Madame Martin), Guillestre" in week
    assert visit.public_id not in week
    assert "Samia (avec Madame Martin)" in client.get("/guichet/suivi/").content.decode()
    assert client.get(f"/guichet/{visit.public_id}/").status_code == 404


def test_week_names_the_public_holidays(client: Client) -> None:
    page = client.get("/guichet/semaine/?semaine=2026-12-25").content.decode()
    assert page.count("Jour férié") == 1


@pytest.mark.parametrize("asked", ["", "hier", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_a_week_that_cannot_be_shown_is_this_one(client: Client, asked: str) -> None:
    page = client.get("/guichet/semaine/", {"semaine": asked}).content.decode()
    assert 'aria-current="date"' in page


def test_agent_adds_an_opening_with_its_first_and_last_day(valley: Valley, client: Client) -> None:
    until = coming_day()
    client.post(OPENINGS, rule(2, since="2026-01-01", until=str(until)))
    opening = Opening.objects.get(agent=valley.agent)
    assert (opening.weekday, opening.start_min, opening.end_min) == (2, 540, 720)
    assert (opening.since_on, opening.until_on) == (date(2026, 1, 1), until)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (rule(starts="12:00", ends="09:00"), "La fin vient avant le début"),
        (rule(starts="09:00", ends="09:00"), "La fin vient avant le début"),
        (rule(since="2027-02-02", until="2027-02-01"), "Le dernier jour vient avant le premier"),
        (rule(until="2020-01-01"), "Le dernier jour de cette plage est passé"),
        (rule(starts="25:00"), "Écrivez l’heure comme ceci"),
        (rule(since="2027-02-30"), "Écrivez le jour comme ceci"),
        (rule(0, "11:00", "13:00"), "se chevauchent"),
    ],
)
def test_an_opening_that_makes_no_sense_is_refused_in_plain_words(
    valley: Valley, client: Client, asked: dict[str, str], said: str
) -> None:
    Opening.objects.create(agent=valley.agent, weekday=0, start_min=660, end_min=690)
    assert said in client.post(OPENINGS, asked).content.decode()
    assert Opening.objects.count() == 1


def test_the_same_opening_twice_is_one(valley: Valley, client: Client) -> None:
    client.post(OPENINGS, rule())
    client.post(OPENINGS, rule())
    assert Opening.objects.filter(agent=valley.agent).count() == 1


def test_week_shows_a_visit_by_telephone_as_a_call(valley: Valley, client: Client) -> None:
    visit = booked(valley)
    Visit.objects.update(state=VisitState.CANCELLED)
    held = visit.appointment
    held.citizen_phone, held.cancelled_why = "+33612345678", "telephone"
    held.cancelled_at = timezone.now()
    held.save()
    page = client.get(f"/guichet/semaine/?semaine={coming_day()}").content.decode()
    assert "Appeler Lucie au 06\u00a012\u00a034\u00a056\u00a078" in page


def test_agent_notes_an_absence_that_touches_nobody(valley: Valley, client: Client) -> None:
    day = coming_day()
    response = client.post(ABSENCE, span(day, "09:00", "17:00"), follow=True)
    absence = Absence.objects.get(agent=valley.agent)
    assert absence.starts_at == datetime.combine(day, time(9), PARIS)
    assert "Votre absence est notée" in response.content.decode()


def test_whom_an_absence_touches_is_shown_before_anything_is_written(
    valley: Valley, client: Client
) -> None:
    visit = booked(valley)
    page = client.post(ABSENCE, span(coming_day(), "09:00", "17:00")).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert "Lucie" in page
    assert f'name="seen" value="{visit.appointment_id}"' in page
    assert not Absence.objects.exists()
    assert not Proposal.objects.exists()


def test_a_confirmed_absence_makes_proposals(valley: Valley, client: Client) -> None:
    visit = booked(valley)
    asked = span(coming_day(), "09:00", "17:00")
    client.post(ABSENCE, {**asked, "seen": str(visit.appointment_id)})
    absence = Absence.objects.get(agent=valley.agent)
    proposals = Proposal.objects.filter(appointment=visit.appointment)
    assert {proposal.cause for proposal in proposals} == {f"absence {absence.pk}"}


def test_hours_that_touch_nobody_are_noted_though_others_had_been_shown(
    valley: Valley, client: Client
) -> None:
    visit = booked(valley)
    asked = {**span(coming_day(), "14:00", "17:00"), "seen": str(visit.appointment_id)}
    assert "Votre absence est notée" in client.post(ABSENCE, asked, follow=True).content.decode()
    assert Absence.objects.filter(agent=valley.agent).exists()


def test_a_visit_that_became_a_call_meanwhile_is_shown_again(
    valley: Valley, client: Client
) -> None:
    call = valley.call(datetime.combine(coming_day(), time(10), PARIS), "Odette")
    asked = {**span(coming_day(), "09:00", "17:00"), "seen": str(call.pk)}
    assert "1 personne attend un appel" in client.post(ABSENCE, asked).content.decode()
    assert not Absence.objects.exists()


def test_who_was_booked_meanwhile_is_shown_again(valley: Valley, client: Client) -> None:
    visit = booked(valley)
    day = coming_day()
    valley.visit(datetime.combine(day, time(14), PARIS), "Marc")
    asked = {**span(day, "09:00", "17:00"), "seen": str(visit.appointment_id)}
    page = client.post(ABSENCE, asked).content.decode()
    assert "Cette absence touche 2 rendez-vous" in page
    assert not Absence.objects.exists()


def test_whom_the_agent_was_to_call_is_shown_before_an_absence_is_noted(
    valley: Valley, client: Client
) -> None:
    call = valley.call(datetime.combine(coming_day(), time(10), PARIS), "Odette")
    asked = span(coming_day(), "09:00", "17:00")
    page = client.post(ABSENCE, asked).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert "1 personne attend un appel" in page
    assert "Odette" in page
    assert "d’autres propositions" not in page
    assert not Absence.objects.exists()
    client.post(ABSENCE, {**asked, "seen": f"c{call.pk}"})
    assert Absence.objects.filter(agent=valley.agent).exists()


@pytest.mark.parametrize("path", [ABSENCE, EXTRA])
@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (span("2026-01-05", "09:00", "12:00"), "Cette période est déjà finie"),
        (span("2027-01-05", "12:00", "09:00"), "La fin vient avant le début"),
        (span("2027-01-05", "09:00", "12:00", "2027-01-04"), "La fin vient avant le début"),
        (span("2027-03-28", "02:30", "12:00"), "Cette heure n’existe pas ce jour-là"),
        (span("2027-03-28", "01:00", "02:30"), "Cette heure n’existe pas ce jour-là"),
        (span("9999-12-31", "09:00", "12:00"), "Écrivez le jour comme ceci"),
    ],
)
def test_a_stretch_that_makes_no_sense_is_refused_in_plain_words(
    client: Client, path: str, asked: dict[str, str], said: str
) -> None:
    assert said in client.post(path, asked).content.decode()
    assert not Absence.objects.exists()
    assert not ExtraOpening.objects.exists()


def test_an_absence_until_an_hour_that_comes_twice_covers_both(
    valley: Valley, client: Client
) -> None:
    client.post(ABSENCE, span("2099-10-25", "01:00", "02:30"))
    absence = Absence.objects.get(agent=valley.agent)
    assert absence.ends_at == datetime(2099, 10, 25, 1, 30, tzinfo=UTC)


def test_an_opening_until_an_hour_that_comes_twice_ends_at_the_first(
    valley: Valley, client: Client
) -> None:
    client.post(EXTRA, span("2099-10-25", "01:00", "02:30"))
    extra = ExtraOpening.objects.get(agent=valley.agent)
    assert extra.ends_at == datetime(2099, 10, 25, 0, 30, tzinfo=UTC)


def test_agent_takes_back_what_is_theirs(valley: Valley, client: Client) -> None:
    client.post(OPENINGS, rule())
    client.post(EXTRA, span(coming_day(), "18:00", "19:00"))
    client.post(ABSENCE, span(coming_day(), "09:00", "12:00"))
    for kind, model in (("opening", Opening), ("extra", ExtraOpening), ("absence", Absence)):
        key = model.objects.get().pk
        assert client.post(REMOVE, {"kind": kind, "key": key}).status_code == 302
        assert not model.objects.exists()


def test_agent_changes_a_weekly_opening_by_form(valley: Valley, client: Client) -> None:
    client.post(OPENINGS, rule(2))
    address = f"{OPENINGS}{Opening.objects.get().pk}/"
    assert address in client.get(OPENINGS).content.decode()
    page = client.get(address).content.decode()
    assert 'value="09:00"' in page
    assert '<option value="2" selected>' in page
    page = client.post(address, rule(3, "10:00", "24:00"), follow=True).content.decode()
    assert "La plage est changée" in page
    assert "10:00 – 24:00" in page
    opening = Opening.objects.get(agent=valley.agent)
    assert (opening.weekday, opening.start_min, opening.end_min) == (3, 600, 1440)
    assert 'value="00:00"' in client.get(address).content.decode()


def test_a_change_that_makes_no_sense_leaves_the_opening_as_it_was(client: Client) -> None:
    client.post(OPENINGS, rule(2))
    client.post(OPENINGS, rule(2, "14:00", "16:00"))
    first, second = Opening.objects.order_by("pk")
    page = client.post(f"{OPENINGS}{second.pk}/", rule(2, "11:00", "16:00")).content.decode()
    assert "se chevauchent" in page
    assert Opening.objects.get(pk=second.pk).start_min == 840
    gone = client.get(f"{OPENINGS}{first.pk + 999}/", follow=True)
    assert "Cette période n’existe plus." in gone.content.decode()


def test_agent_changes_an_absence_and_an_extra_opening_by_form(
    valley: Valley, client: Client
) -> None:
    day = coming_day()
    for path, model in ((ABSENCE, Absence), (EXTRA, ExtraOpening)):
        client.post(path, {**span(day, "09:00", "12:00"), "note": "gare"})
        address = f"{path}{model.objects.get().pk}/"
        assert address in client.get("/guichet/semaine/").content.decode()
        page = client.get(address).content.decode()
        assert f'value="{day}"' in page
        assert 'value="gare"' in page
        response = client.post(address, {**span(day, "14:00", "15:30"), "note": ""})
        assert response.status_code == 302
        kept = model.objects.get(agent=valley.agent)
        assert kept.starts_at == datetime.combine(day, time(14), PARIS)
        assert kept.note == ""


def test_whom_a_grown_absence_touches_is_shown_before_it_is_kept(
    valley: Valley, client: Client
) -> None:
    visit = booked(valley)
    client.post(ABSENCE, span(coming_day(), "14:00", "15:00"))
    held = Absence.objects.get()
    address, asked = f"{ABSENCE}{held.pk}/", span(coming_day(), "09:00", "15:00")
    page = client.post(address, asked).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert "Oui, changer l’absence" in page
    assert Absence.objects.get().period() == held.period()
    client.post(address, {**asked, "seen": str(visit.appointment_id)})
    assert Proposal.objects.filter(cause=f"absence {held.pk}").exists()
    client.post(REMOVE, {"kind": "absence", "key": held.pk})
    assert not Proposal.objects.exists()


def test_an_address_fills_the_form_in_and_shows_who_is_touched_and_keeps_nothing(
    valley: Valley, client: Client
) -> None:
    booked(valley)
    page = client.get(ABSENCE, span(coming_day(), "09:00", "17:00")).content.decode()
    assert "Cette absence touche 1 rendez-vous" in page
    assert not Absence.objects.exists()
    client.get(EXTRA, span(coming_day(), "09:00", "17:00"))
    assert not ExtraOpening.objects.exists()


@pytest.mark.parametrize("ends", ["24:00", "24h00", "24 h 00", "24 h", "00:00"])
@pytest.mark.parametrize(("path", "model"), [(ABSENCE, Absence), (EXTRA, ExtraOpening)])
def test_an_end_at_midnight_is_the_end_of_that_day(
    client: Client, ends: str, path: str, model: type[Absence | ExtraOpening]
) -> None:
    day = coming_day()
    client.post(path, span(day, "00:00", ends))
    held = model.objects.get()
    following = datetime.combine(day + timedelta(days=1), time(), PARIS)
    assert (held.starts_at, held.ends_at) == (following - timedelta(days=1), following)
    page = client.get(f"/guichet/semaine/?semaine={day}").content.decode()
    assert "0\u00a0h\u00a000 – 24\u00a0h\u00a000" in page
    page = client.get(f"{path}{held.pk}/").content.decode()
    assert page.count(f'value="{day}"') == 2


@pytest.mark.parametrize(("path", "model"), [(ABSENCE, Absence), (EXTRA, ExtraOpening)])
@pytest.mark.parametrize(("ends", "days"), [("00:00", 1), ("24:00", 2)])
def test_a_midnight_on_a_later_day_begins_that_day_and_24_00_ends_it(
    client: Client, path: str, model: type[Absence | ExtraOpening], ends: str, days: int
) -> None:
    day = coming_day()
    client.post(path, span(day, "18:00", ends, last=day + timedelta(days=1)))
    held = model.objects.get()
    end = datetime.combine(day + timedelta(days=days), time(), PARIS)
    assert held.ends_at == end

    # The form shows what it takes again.
    initial = client.get(f"{path}{held.pk}/").context["form"].initial
    shown = (initial["first_day"], f"{initial['starts']:%H:%M}", f"{initial['ends']:%H:%M}")
    client.post(f"{path}{held.pk}/", span(*shown, last=initial["last_day"]))
    held.refresh_from_db()
    assert held.ends_at == end


def test_what_is_another_agents_does_not_exist(
    valley: Valley, client: Client, signed_in: SignIn
) -> None:
    client.post(OPENINGS, rule())
    client.post(ABSENCE, span(coming_day(), "09:00", "12:00"))
    stranger = signed_in(valley.stranger.user)
    for kind, key in (("opening", Opening.objects.get().pk), ("absence", Absence.objects.get().pk)):
        asked = {"kind": kind, "key": key}
        said = stranger.post(REMOVE, asked, follow=True).content.decode()
        assert "C’est déjà retiré." in said
        path = OPENINGS if kind == "opening" else ABSENCE
        said = stranger.get(f"{path}{key}/", follow=True).content.decode()
        assert "Cette période n’existe plus." in said
        assert "09:00" not in said
    assert Opening.objects.exists()
    assert Absence.objects.exists()


def test_a_nul_in_a_note_is_refused(client: Client) -> None:
    asked = {**span(coming_day(), "09:00", "12:00"), "note": "congé\0"}
    assert client.post(ABSENCE, asked).status_code == 200
    assert not Absence.objects.exists()


def test_a_host_has_no_week(valley: Valley, signed_in: SignIn) -> None:
    assert signed_in(valley.host).get("/guichet/semaine/").status_code in {302, 403}
