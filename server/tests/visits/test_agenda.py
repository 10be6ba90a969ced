from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta

from factories import NOW, TEN, World

from cordee.directory.queries import certificate_of
from cordee.journal.rules import OPERATOR
from cordee.visits.agenda import agenda_of, kiosks_meeting, kiosks_meeting_partner
from cordee.visits.relays import Relays
from cordee.visits.services import apply_fact, cancel
from cordee_wire.kiosk_link import Fact

RELAYS = Relays(
    stun_urls=("stun:relay.example",), turn_urls=("turn:relay.example",), turn_secret="secret"
)


def test_an_entry_says_all_that_the_kiosk_needs(world: World) -> None:
    world.certify(world.offer_keys())
    visit = world.book()

    [entry] = agenda_of(world.box.kiosk, now=NOW, relays=Relays())

    assert (entry.visit, entry.starts_at, entry.ends_at) == (
        visit.public_id,
        TEN.timestamp(),
        TEN.timestamp() + 1800,
    )
    assert (entry.citizen, entry.agent, entry.reason) == (
        "Élodie",
        "Madame Martin",
        "Aide au logement",
    )
    assert (entry.partner, entry.partner_label) == ("allocations", "Allocations familiales 05")
    assert entry.phone == "04 65 71 00 12"
    assert entry.start_url == "https://allocations.example/debut"
    assert entry.allowed_hosts == ["aide.allocations.example", "allocations.example"]
    assert entry.certificate == certificate_of(world.agent, now=NOW)
    assert entry.ice_servers == []


def test_an_entry_names_the_partners_own_tool_and_permits_its_host(world: World) -> None:
    world.reason.video_url = "https://visio.allocations.example:8443/salle-5"
    world.reason.save()
    world.book()

    [entry] = agenda_of(world.box.kiosk, now=NOW, relays=Relays())

    assert entry.video_url == "https://visio.allocations.example:8443/salle-5"
    assert "visio.allocations.example:8443" in entry.allowed_hosts


def test_an_entry_carries_the_reasons_blind_fields(world: World) -> None:
    world.reason.blind_rules = ["allocations.example #numero"]
    world.reason.save()
    world.book()

    [entry] = agenda_of(world.box.kiosk, now=NOW, relays=Relays())

    assert entry.blind_rules == ["allocations.example #numero"]


def test_a_visit_keeps_the_link_with_which_it_was_booked(world: World) -> None:
    world.book()
    world.reason.video_url = "https://visio.allocations.example/salle-5"
    world.reason.save()

    [entry] = agenda_of(world.box.kiosk, now=NOW, relays=Relays())

    assert entry.video_url == ""
    assert "visio.allocations.example" not in entry.allowed_hosts


def test_relay_credentials_are_the_visits_own_and_end_with_it(world: World) -> None:
    visit = world.book()

    [entry] = agenda_of(world.box.kiosk, now=NOW, relays=RELAYS)

    stun, turn = entry.ice_servers
    assert stun.urls == ["stun:relay.example"]
    expiry = int((TEN + timedelta(minutes=45)).timestamp())
    assert turn.username == f"{expiry}:{visit.public_id}"
    digest = hmac.new(b"secret", turn.username.encode(), hashlib.sha1).digest()
    assert turn.credential == base64.b64encode(digest).decode()


def test_the_agenda_holds_seven_days_in_order_of_this_kiosk_only(world: World) -> None:
    later = world.book(TEN + timedelta(days=1))
    first = world.book()
    world.book(TEN + timedelta(days=8))
    world.book(box=world.other_box, agent=world.stranger)

    entries = agenda_of(world.box.kiosk, now=NOW, relays=Relays())

    assert [entry.visit for entry in entries] == [first.public_id, later.public_id]


def test_a_cancelled_or_ended_visit_leaves_the_agenda(world: World) -> None:
    cancelled, ended = world.book(), world.book(TEN + timedelta(hours=1))
    cancel(visit=cancelled, actor=OPERATOR, now=NOW)
    fact = Fact(visit=ended.public_id, boot="b", seq=1, kind="ended", at=TEN.timestamp())
    apply_fact(kiosk=world.box.kiosk, fact=fact, now=TEN)

    assert agenda_of(world.box.kiosk, now=NOW, relays=Relays()) == []


def test_a_visit_that_runs_over_stays_in_the_agenda(world: World) -> None:
    visit = world.book()
    late = TEN + timedelta(minutes=90)

    [entry] = agenda_of(world.box.kiosk, now=late, relays=Relays())

    assert entry.visit == visit.public_id


def test_the_kiosks_that_meet_someone_are_known(world: World) -> None:
    world.book()
    world.book(box=world.other_box, agent=world.stranger)

    one = {world.box.kiosk.public_id}
    assert kiosks_meeting(world.agent.pk, now=NOW) == one
    assert kiosks_meeting_partner("allocations", now=NOW) == one
    assert kiosks_meeting_partner("impots", now=NOW) == {world.other_box.kiosk.public_id}
