"""What a citizen wishes beyond an hour: access, a language, an interpreter, the same person."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from factories import NOW, World, signed_in
from opened import another_agent, another_site
from web.browsing import HOUR, form_of, page

from cordee.appointments import waiting
from cordee.appointments.models import Appointment, Offer, WaitingEntry
from cordee.directory import services as directory
from cordee.directory.models import Agent, Opening
from cordee.journal.rules import OPERATOR
from cordee.territory import services as territory
from cordee.territory.models import Commune, Site
from cordee.visits.models import Visit

pytestmark = pytest.mark.usefixtures("today")

NEXT_HOUR = "2026-12-15T11:00"


def speaking(agent: Agent, *languages: str, skills: tuple[str, ...] = ()) -> Agent:
    directory.describe_agent(
        agent=agent, languages=[*languages], skills=[*skills], actor=OPERATOR, now=NOW
    )
    return agent


def hidden_of(text: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))


def test_booking_with_words_and_commune_is_six_pages(opened: World, citizen: Client) -> None:
    pages = [page(citizen, "/rendez-vous/")]
    pages.append(page(citizen, "/rendez-vous/?mots=alocation+logment&depart=guilestre"))
    assert f'formaction="/rendez-vous/lieu/" name="motif" value="{opened.reason.pk}"' in pages[-1]
    asked = f"mots=alocation&depart=guilestre&motif={opened.reason.pk}"
    pages.append(page(citizen, f"/rendez-vous/lieu/?{asked}"))
    link = re.search(r'href="(/rendez-vous/heure/[^"]+)"', pages[-1])
    assert link
    assert "commune=05065" in link[1]
    pages.append(page(citizen, link[1]))
    pages.append(page(citizen, f"{link[1].replace('/heure/', '/vous/')}&heure={HOUR}"))
    given = {"name": "Zoé", "contact_kind": "none", "contact": "", "commune": ""}
    pages.append(page(citizen, "/rendez-vous/vous/", {**hidden_of(pages[-1]), **given}))
    assert "C’est noté." in pages[-1]
    assert "short-code" in pages[-1]
    assert len(pages) == 6


def test_a_commune_typed_beside_the_places_makes_no_seventh_page(
    opened: World, citizen: Client
) -> None:
    far, _ = another_site(opened, "Médiathèque")
    pages = [page(citizen, "/rendez-vous/"), page(citizen, "/rendez-vous/?mots=alocation+logment")]
    pages.append(page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}"))
    assert "Chercher près d’ici" in pages[-1]
    hidden = hidden_of(pages[-1].split("Votre commune")[0])
    asked = citizen.get("/rendez-vous/lieu/", {**hidden, "depart": "guilestre"})
    there = asked["Location"]
    assert there.startswith("/rendez-vous/heure/?")
    pages.append(page(citizen, there))
    assert "Voir les autres lieux" in pages[-1]
    assert f"lieu={far.pk}" in page(citizen, there.replace("/heure/", "/lieu/"))
    pages.append(page(citizen, f"{there.replace('/heure/', '/vous/')}&heure={HOUR}"))
    given = {"name": "Zoé", "contact_kind": "none", "contact": "", "commune": ""}
    pages.append(page(citizen, "/rendez-vous/vous/", {**hidden_of(pages[-1]), **given}))
    assert "C’est noté." in pages[-1]
    assert len(pages) == 6


def test_a_commune_without_any_free_hour_near_it_shows_the_places(
    opened: World, citizen: Client
) -> None:
    Opening.objects.all().delete()
    asked = f"motif={opened.reason.pk}&depart=guilestre&ici=1"
    answer = citizen.get(f"/rendez-vous/lieu/?{asked}")
    assert answer["Location"].startswith("/rendez-vous/lieu/?")


def test_a_wheelchair_that_was_asked_for_is_known_at_the_desk_and_stays_when_moved(
    opened: World, citizen: Client
) -> None:
    territory.post_host(user=opened.host, site=opened.site, actor=OPERATOR, now=NOW)
    citizen.post("/rendez-vous/vous/", form_of(opened, fauteuil="1"))
    visit = Visit.objects.get()
    assert visit.appointment.is_wheelchair_needed
    assert "vous venez en fauteuil" in page(citizen, f"/mon-rendez-vous/{visit.public_id}/")

    desk = signed_in(opened.host)
    desk.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    for address in (
        "/accueil/?jour=2026-12-08",
        "/accueil/liste/?jour=2026-12-08",
        f"/accueil/rendez-vous/{visit.public_id}/",
    ):
        assert "Vient en fauteuil roulant" in page(desk, address), address
    moved = f"/accueil/rendez-vous/{visit.public_id}/deplacer/"
    desk.post(moved, {"heure": "2026-12-08T14:00"})
    assert Appointment.objects.confirmed().get().is_wheelchair_needed


def test_who_moves_with_a_wheelchair_is_offered_places_with_access_alone(
    opened: World, citizen: Client
) -> None:
    steps, _ = another_site(opened, "Mairie aux marches")
    Site.objects.exclude(pk=steps.pk).update(is_wheelchair_accessible=True)
    citizen.post("/rendez-vous/vous/", form_of(opened, fauteuil="1"))
    moving = f"/mon-rendez-vous/{Visit.objects.get().public_id}/changer/"
    without = "Ce lieu n’est pas accessible en fauteuil roulant."

    elsewhere = page(citizen, f"{moving}?lieu=autre")
    assert f"?lieu={opened.site.pk}" in elsewhere
    assert f"?lieu={steps.pk}" not in elsewhere
    assert without in page(citizen, f"{moving}?lieu={steps.pk}")
    assert without not in page(citizen, moving)
    Site.objects.update(is_wheelchair_accessible=False)
    nowhere = page(citizen, f"{moving}?lieu=autre")
    assert "Aucun lieu accessible en fauteuil roulant" in nowhere
    assert "Où voulez-vous venir" in nowhere


def test_who_moves_without_a_wheelchair_is_offered_every_place(
    opened: World, citizen: Client
) -> None:
    steps, _ = another_site(opened, "Mairie aux marches")
    citizen.post("/rendez-vous/vous/", form_of(opened))
    moving = f"/mon-rendez-vous/{Visit.objects.get().public_id}/changer/"
    assert f"?lieu={steps.pk}" in page(citizen, f"{moving}?lieu=autre")
    assert "fauteuil" not in page(citizen, f"{moving}?lieu={steps.pk}")


def test_who_asks_for_no_wheelchair_has_none(opened: World, citizen: Client) -> None:
    citizen.post("/rendez-vous/vous/", form_of(opened))
    assert not Appointment.objects.get().is_wheelchair_needed


def test_without_a_commune_every_place_is_shown_at_once(opened: World, citizen: Client) -> None:
    shown = page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}&mots=aide&depart=")
    assert "Tous les lieux" in shown
    assert 'href="/rendez-vous/heure/' in shown
    unknown = page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}&depart=zzzzzz")
    assert "Nous ne trouvons pas cette commune." in unknown
    assert 'href="/rendez-vous/heure/' in unknown


def test_doubtful_commune_is_asked_beside_the_reasons_and_answered_there(
    opened: World, citizen: Client
) -> None:
    for number, name in enumerate(("Saint-Crépin", "Saint-Clément")):
        Commune.objects.create(
            territory=opened.site.commune.territory, insee_code=f"0513{number}", name=name
        )
    shown = page(citizen, "/rendez-vous/?mots=logement&depart=saint")
    assert 'type="radio" id="c1" name="commune"' in shown
    asked = f"motif={opened.reason.pk}&depart=saint&commune=05131"
    assert "Vous partez de <b>Saint-Clément</b>." in page(citizen, f"/rendez-vous/lieu/?{asked}")


def test_filter_for_a_wheelchair_is_kept_through_the_steps(opened: World, citizen: Client) -> None:
    fit, _ = another_site(opened, "Bibliothèque")
    territory.describe_site(site=fit, is_wheelchair_accessible=True, actor=OPERATOR, now=NOW)
    every = page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}&commune=05065")
    assert "Maison de la vallée" in every
    assert "Bibliothèque" in every
    shown = page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}&commune=05065&fauteuil=1")
    assert "Maison de la vallée" not in shown
    link = re.search(r'href="(/rendez-vous/heure/[^"]+)"', shown)
    assert link
    assert "fauteuil=1" in link[1]
    hours = page(citizen, link[1])
    assert hidden_of(hours)["fauteuil"] == "1"
    who = page(citizen, f"{link[1].replace('/heure/', '/vous/')}&heure={HOUR}")
    assert hidden_of(who)["fauteuil"] == "1"
    elsewhere = f"motif={opened.reason.pk}&lieu={opened.site.pk}&fauteuil=1"
    told = page(citizen, f"/rendez-vous/heure/?{elsewhere}")
    assert "Ce lieu n’est pas accessible en fauteuil roulant." in told


def test_no_place_for_a_wheelchair_is_said_with_what_to_do(opened: World, citizen: Client) -> None:
    shown = page(citizen, f"/rendez-vous/lieu/?motif={opened.reason.pk}&commune=05065&fauteuil=1")
    assert "Aucun lieu accessible en fauteuil roulant n’a d’heure libre" in shown
    assert "Voir aussi les lieux sans accès en fauteuil" in shown
    assert "/rendez-vous/attente/?motif=" in shown
    assert "fauteuil=1" in shown[shown.index("/rendez-vous/attente/") :][:120]


def test_only_who_speaks_the_language_receives(opened: World, citizen: Client) -> None:
    italian = speaking(another_agent(opened, label="Madame Rossi"), "fr", "it")
    assert '<option value="it"' in page(citizen, "/rendez-vous/")
    done = page(citizen, "/rendez-vous/vous/", form_of(opened, langue="it"))
    assert "Une personne qui parle italien" in done
    booked = Appointment.objects.get()
    assert (booked.agent, booked.spoken) == (italian, "it")
    second = form_of(opened, langue="it", name="Zoé", cle="2" * 32)
    refused = page(citizen, "/rendez-vous/vous/", second)
    assert "Rien n’est encore réservé" in refused
    assert 'name="heure" value="2026-12-08T11:00"' not in refused


def test_languages_of_the_reason_are_offered_and_others_are_said_not_to_be(
    opened: World, citizen: Client
) -> None:
    speaking(another_agent(opened), "fr", "it", "en")
    speaking(opened.stranger, "de")
    where = f"/rendez-vous/lieu/?motif={opened.reason.pk}&commune=05065"
    every = page(citizen, where)
    assert '<option value="it"' in every
    assert '<option value="en"' in every
    assert '<option value="de"' not in every

    opened.reason.languages = ["it"]
    opened.reason.save()

    assert '<option value="it"' in page(citizen, where)
    assert '<option value="en"' not in page(citizen, where)
    assert "soon" in page(citizen, f"{where}&langue=it")
    told = page(citizen, f"{where}&langue=en")
    assert "Cette démarche ne se fait pas en anglais." in told
    assert "Voir les heures en français" in told
    refused = page(citizen, "/rendez-vous/vous/", form_of(opened, langue="en"))
    assert "Rien n’est encore réservé" in refused
    assert not Appointment.objects.exists()


def test_moving_keeps_the_language(opened: World, citizen: Client) -> None:
    italian = speaking(another_agent(opened), "fr", "it")
    place = citizen.post("/rendez-vous/vous/", form_of(opened, langue="it"))["Location"]
    asked = {"lieu": str(opened.site.pk), "heure": "2026-12-08T14:00", "cle": "d" * 32}
    citizen.post(f"{place}changer/", asked)
    moved = Appointment.objects.confirmed().get()
    assert (moved.agent, moved.spoken) == (italian, "it")


def test_interpreter_has_a_seat_that_is_held(opened: World, citizen: Client) -> None:
    speaking(opened.stranger, "fr", "uk", skills=("interprète",))
    asked = f"motif={opened.reason.pk}&lieu={opened.site.pk}&langue=interprete-uk"
    shown = page(citizen, f"/rendez-vous/heure/?{asked}")
    assert "Un interprète se joint à vous : ukrainien" in shown
    done = page(citizen, "/rendez-vous/vous/", form_of(opened, langue="interprete-uk"))
    assert "Un interprète se joint à vous" in done
    seat = Appointment.objects.get().guests.get()
    assert (seat.kind, seat.agent) == ("interpreter", opened.stranger)
    second = form_of(opened, langue="interprete-uk", name="Zoé", cle="2" * 32)
    assert "Rien n’est encore réservé" in page(citizen, "/rendez-vous/vous/", second)


@pytest.mark.parametrize(
    ("speech", "said"),
    [
        ("uk", "Personne qui parle ukrainien n’a d’heure libre ici"),
        ("interprete-uk", "Aucun interprète (ukrainien) n’est libre ici"),
    ],
)
def test_nobody_for_a_language_is_said_with_what_to_do(
    opened: World, citizen: Client, speech: str, said: str
) -> None:
    speaking(opened.agent, "fr")
    asked = f"motif={opened.reason.pk}&commune=05065&langue={speech}"
    for address in (
        f"/rendez-vous/lieu/?{asked}",
        f"/rendez-vous/heure/?{asked}&lieu={opened.site.pk}",
    ):
        shown = page(citizen, address)
        assert said in shown
        assert "Voir les heures en français" in shown
        assert re.search(rf"/rendez-vous/attente/\?[^\"]*langue={speech}", shown)
        assert "04 65 71 00 12" in shown or 'href="/#lieux"' in shown


@pytest.mark.parametrize("value", ["", "xxxx", "<b>", "interprete-", "it' or 1", "é" * 300])
def test_speech_that_is_none_is_left_out(opened: World, citizen: Client, value: str) -> None:
    for where in ("lieu", "heure"):
        asked = {
            "motif": str(opened.reason.pk),
            "lieu": str(opened.site.pk),
            "langue": value,
        }
        answer = citizen.get(f"/rendez-vous/{where}/", asked)
        assert answer.status_code == 200
        text = html.unescape(answer.content.decode())
        assert "langue" not in hidden_of(text)
        assert not re.search(r'href="[^"]*langue=', text)


def test_waiting_list_keeps_the_wishes(opened: World, citizen: Client) -> None:
    speaking(opened.agent, "fr")
    wish = {
        "motif": str(opened.reason.pk),
        "place": "partout",
        "name": "Élodie",
        "contact": "06 12 34 56 78",
        "langue": "it",
        "fauteuil": "1",
    }
    page(citizen, "/rendez-vous/attente/", wish)
    entry = WaitingEntry.objects.get()
    assert (entry.spoken, entry.interpreted, entry.is_wheelchair_needed) == ("it", "", True)
    assert waiting.offer_freed(now=NOW + timedelta(hours=1)) == 0
    italian = speaking(another_agent(opened), "fr", "it")
    assert waiting.offer_freed(now=NOW + timedelta(hours=1)) == 0
    fit, _ = another_site(opened, "Bibliothèque")
    territory.describe_site(site=fit, is_wheelchair_accessible=True, actor=OPERATOR, now=NOW)
    assert waiting.offer_freed(now=NOW + timedelta(hours=1)) == 1
    offered = Offer.objects.get().appointment
    assert (offered.agent, offered.kiosk.site) == (italian, fit)


def met(client: Client, world: World) -> str:
    """Book, and let the hour pass; return the public id of the visit."""
    client.post("/rendez-vous/vous/", form_of(world))
    visit = Visit.objects.get()
    Appointment.objects.update(starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1))
    return visit.public_id


def test_whoever_met_an_agent_books_the_same_one_again(opened: World, citizen: Client) -> None:
    before = met(citizen, opened)
    first = Appointment.objects.get().agent
    # The spread alone would choose the other, who has had nobody yet.
    another_agent(opened)
    shown = page(citizen, f"/mon-rendez-vous/{before}/")
    assert f"Revoir {first.label}" in shown
    link = re.search(r'href="(/rendez-vous/heure/[^"]+avec=[^"]+)"', shown)
    assert link
    hours = page(citizen, link[1])
    assert f'<p class="wish">Avec {first.label}</p>' in hours
    assert "Voir les heures de toutes les personnes de Allocations familiales 05" in hours
    who = page(citizen, f"{link[1].replace('/heure/', '/vous/')}&heure={NEXT_HOUR}")
    assert 'value="Élodie Girard"' in who
    posted = form_of(opened, heure=NEXT_HOUR, cle="3" * 32, avec=before)
    assert "C’est noté." in page(citizen, "/rendez-vous/vous/", posted)
    assert Appointment.objects.order_by("pk").last().agent == first  # type: ignore[union-attr]


def test_same_agent_is_nobody_elses_to_ask_for(opened: World, citizen: Client) -> None:
    before = met(citizen, opened)
    stranger = Client(headers={"accept-language": "fr"})
    asked = f"motif={opened.reason.pk}&lieu={opened.site.pk}&avec={before}"
    shown = page(stranger, f"/rendez-vous/heure/?{asked}")
    assert opened.agent.label not in shown
    assert "Élodie" not in shown
    assert "Nous ne pouvons plus réserver avec la même personne." in shown
    assert 'name="heure"' in shown


def test_agent_who_has_left_gives_way_to_their_colleagues(opened: World, citizen: Client) -> None:
    before = met(citizen, opened)
    another_agent(opened)
    agent = Appointment.objects.get().agent
    agent.user.is_active = False
    agent.user.save(update_fields=["is_active"])
    assert "Revoir" not in page(citizen, f"/mon-rendez-vous/{before}/")
    posted = form_of(opened, heure=NEXT_HOUR, cle="3" * 32, avec=before)
    answer = page(citizen, "/rendez-vous/vous/", posted)
    assert "Nous ne pouvons plus réserver avec la même personne." in answer
    assert "Choisissez une autre heure" in answer
    assert Appointment.objects.count() == 1


def test_agent_of_a_visit_to_come_or_missed_is_not_asked_for_again(
    opened: World, citizen: Client
) -> None:
    place = citizen.post("/rendez-vous/vous/", form_of(opened))["Location"]
    assert "Revoir" not in page(citizen, place)
    Appointment.objects.update(
        starts_at=NOW - timedelta(hours=2), ends_at=NOW - timedelta(hours=1), no_show_at=NOW
    )
    assert "Revoir" not in page(citizen, place)
