from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from api.requests import PAGE, offer, patch
from asgiref.sync import sync_to_async
from django.utils import timezone
from factories import NOW, World, sealed
from live.conftest import Lines
from live.sockets import Socket, cookie_of, counter_socket
from opened import another_agent

from cordee.accounts.services import close_account, give_password
from cordee.journal.rules import OPERATOR
from cordee.live.counter_consumer import ELSEWHERE, HANDED_OVER, NOT_YOURS
from cordee.visits.models import Visit
from cordee.visits.stand_ins import take_over
from cordee.web.sentences import SAID_BY_SOCKETS

pytestmark = pytest.mark.asyncio

ONE, TWO, BOX = "1" * 32, "2" * 32, "b" * 32


async def _booked(world: World) -> str:
    visit: Visit = await sync_to_async(world.book_soon)()
    return visit.public_id


async def _together(world: World, lines: Lines) -> tuple[str, Socket, Socket]:
    """Return the visit, its kiosk and its counter, who know of each other."""
    visit = await _booked(world)
    kiosk = await lines.kiosk()
    await kiosk.say({"type": "joined", "visit": visit, "instance": BOX})
    counter = await lines.counter(visit, ONE)
    await counter.hear("seat_taken")
    assert (await counter.hear("peer"))["instance"] == BOX
    assert (await kiosk.hear("peer"))["instance"] == ONE
    return visit, kiosk, counter


def _signal(visit: str, sender: str, to: str, number: int = 1) -> dict[str, Any]:
    return {
        "type": "relayed",
        "visit": visit,
        "instance": sender,
        "to": to,
        "signal": {"type": "candidate", "candidate": f"unread {number}"},
    }


async def test_the_agent_takes_the_seat_of_their_visit(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)

    seat = await (await lines.counter(visit, ONE)).hear("seat_taken")

    assert (seat["visit"], seat["citizen"]) == (visit, "Élodie")
    assert seat["kiosk_key"] == committed.box.kiosk.public_key
    assert seat["state"] == "booked"


async def test_another_partners_agent_is_refused(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)
    counter = await lines.counter(visit, ONE, user=committed.stranger.user)

    assert (await counter.hear("refused"))["code"] == "not_yours"
    assert await counter.hear_close() == 4403


async def test_a_host_has_no_seat_at_the_counter(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)
    counter = await lines.counter(visit, ONE, user=committed.host)

    await counter.hear("refused")
    assert await counter.hear_close() == 4403


async def test_nobody_without_session_takes_a_seat(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)
    counter = await lines.bare(counter_socket(b"sessionid=invented", visit, ONE))

    await counter.hear("refused")
    assert await counter.hear_close() == 4403


async def test_a_page_of_another_origin_is_turned_away(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)
    cookie = await sync_to_async(cookie_of)(committed.agent.user)

    assert not await counter_socket(cookie, visit, ONE, origin=b"https://evil.example").open()


async def test_a_page_in_english_is_refused_in_english(committed: World, lines: Lines) -> None:
    cookie = await sync_to_async(cookie_of)(committed.stranger.user)
    visit = await _booked(committed)

    english = await lines.bare(counter_socket(cookie + b"; django_language=en", visit, ONE))
    french = await lines.bare(counter_socket(cookie, visit, ONE))

    assert (await english.hear("refused"))["message"].startswith("This appointment is not yours")
    assert (await french.hear("refused"))["message"] == NOT_YOURS


async def test_what_the_socket_says_is_in_the_catalogue() -> None:
    assert {NOT_YOURS, ELSEWHERE, HANDED_OVER} == set(SAID_BY_SOCKETS)


async def test_an_unknown_visit_is_refused_like_anothers(committed: World, lines: Lines) -> None:
    for visit in ("f" * 32, "\0", "%00"):
        counter = await lines.counter(visit, ONE)

        assert (await counter.hear("refused"))["code"] == "not_yours"


async def test_the_ends_find_each_other_whoever_comes_first(committed: World, lines: Lines) -> None:
    visit = await _booked(committed)
    counter = await lines.counter(visit, ONE)
    await counter.hear("seat_taken")
    kiosk = await lines.kiosk()

    await kiosk.say({"type": "joined", "visit": visit, "instance": BOX})

    assert (await counter.hear("peer"))["instance"] == BOX
    assert (await kiosk.hear("peer"))["instance"] == ONE


async def test_signals_pass_unread_both_ways(committed: World, lines: Lines) -> None:
    visit, kiosk, counter = await _together(committed, lines)

    await kiosk.say(_signal(visit, BOX, ONE))
    assert await counter.hear("relayed") == _signal(visit, BOX, ONE)
    await counter.say(_signal(visit, ONE, BOX))
    assert await kiosk.hear("relayed") == _signal(visit, ONE, BOX)


async def test_signals_keep_their_order(committed: World, lines: Lines) -> None:
    visit, kiosk, counter = await _together(committed, lines)

    for number in range(50):
        await kiosk.say(_signal(visit, BOX, ONE, number))

    heard = [(await counter.hear("relayed"))["signal"]["candidate"] for _ in range(50)]
    assert heard == [f"unread {number}" for number in range(50)]


async def test_a_signal_for_an_instance_that_is_not_here_is_dropped(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, counter = await _together(committed, lines)

    await kiosk.say(_signal(visit, BOX, TWO))
    await counter.say(_signal(visit, ONE, TWO))

    assert await counter.is_quiet()
    assert await kiosk.is_quiet()


async def test_a_signal_about_another_visit_is_refused(committed: World, lines: Lines) -> None:
    _, kiosk, counter = await _together(committed, lines)

    await counter.say(_signal("f" * 32, ONE, BOX))

    assert (await counter.hear("refused"))["code"] == "not_yours"
    assert await kiosk.is_quiet()


async def test_the_newest_page_wins_and_the_older_is_told(committed: World, lines: Lines) -> None:
    visit, kiosk, older = await _together(committed, lines)

    newer = await lines.counter(visit, TWO)
    await newer.hear("seat_taken")

    assert (await older.hear("refused"))["code"] == "elsewhere"
    assert (await kiosk.hear("peer"))["instance"] == TWO
    assert (await newer.hear("peer"))["instance"] == BOX
    await older.say(_signal(visit, ONE, BOX))
    assert (await older.hear("refused"))["code"] == "not_yours"
    await older.close()
    lines.opened.remove(older)
    assert await kiosk.is_quiet()


async def test_the_other_end_is_told_when_one_leaves(committed: World, lines: Lines) -> None:
    visit, kiosk, counter = await _together(committed, lines)

    await kiosk.say({"type": "joined", "visit": visit, "instance": None})
    assert (await counter.hear("peer"))["instance"] is None
    await kiosk.say({"type": "joined", "visit": visit, "instance": BOX})
    assert (await counter.hear("peer"))["instance"] == BOX
    assert (await kiosk.hear("peer"))["instance"] == ONE
    await counter.close()
    lines.opened.remove(counter)
    assert (await kiosk.hear("peer"))["instance"] is None


async def test_an_old_link_that_ends_late_is_no_leaving(committed: World, lines: Lines) -> None:
    visit, older, counter = await _together(committed, lines)
    newer = await lines.kiosk()
    await newer.say({"type": "joined", "visit": visit, "instance": BOX})
    assert (await counter.hear("peer"))["instance"] == BOX
    assert (await newer.hear("peer"))["instance"] == ONE

    await older.close()
    lines.opened.remove(older)

    assert await counter.is_quiet()


async def test_the_counter_reconnects_with_the_same_instance(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, older = await _together(committed, lines)

    newer = await lines.counter(visit, ONE)
    await newer.hear("seat_taken")
    assert (await kiosk.hear("peer"))["instance"] == ONE
    await older.close()
    lines.opened.remove(older)

    assert await kiosk.is_quiet()
    await kiosk.say(_signal(visit, BOX, ONE))
    assert (await newer.hear("peer"))["instance"] == BOX
    assert await newer.hear("relayed")


async def test_the_kiosks_facts_are_told_to_the_counter_once(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, counter = await _together(committed, lines)
    fact = {
        "type": "fact",
        "visit": visit,
        "boot": "boot",
        "seq": 1,
        "kind": "granted",
        "at": 1.0,
        "detail": {"act": "see", "how": "touch"},
    }

    for _ in range(2):
        await kiosk.say(fact)
        await kiosk.hear("fact_applied")

    told = await counter.hear("fact_told")
    assert (told["kind"], told["detail"]) == ("granted", {"act": "see", "how": "touch"})
    assert await counter.is_quiet()


async def test_a_page_that_is_whole_is_told_to_the_counter(committed: World, lines: Lines) -> None:
    key = await sync_to_async(committed.offer_keys)()
    await sync_to_async(committed.certify)(key)
    committed.recipients[committed.agent.pk] = key.recipient
    visit = await sync_to_async(committed.book_soon)()
    counter = await lines.counter(visit.public_id, ONE)
    await counter.hear("seat_taken")
    data = sealed(1000)

    await sync_to_async(offer)(committed, visit, data)
    await sync_to_async(patch)(committed, 0, data[:500])
    await sync_to_async(patch)(committed, 500, data[500:])

    arrived = await counter.hear("page_arrived")
    assert (arrived["page"], arrived["size_bytes"]) == (PAGE, 1000)


async def test_nonsense_gets_a_sentence_and_too_much_of_it_the_door(
    committed: World, lines: Lines
) -> None:
    counter = await lines.counter(await _booked(committed), ONE)
    await counter.hear("seat_taken")

    for text in ["{", '{"type": "invented"}', "x" * 70_000, *["{"] * 17]:
        await counter.say(text)
        assert (await counter.hear("refused"))["message"]

    assert await counter.hear_close() == 4400


async def test_the_counter_sets_its_clock_by_the_server(committed: World, lines: Lines) -> None:
    counter = await lines.counter(await _booked(committed), ONE)
    await counter.hear("seat_taken")

    await counter.say({"type": "time_asked", "sent": 3.0})

    told = await counter.hear("time_told")
    assert told["sent"] == 3.0
    assert told["now"] > 1.7e9


async def test_another_password_shuts_out_the_socket_that_the_old_one_opened(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, counter = await _together(committed, lines)
    give = sync_to_async(give_password)
    word = "quatre autres mots dans la neige"
    await give(user=committed.agent.user, password=word, actor=OPERATOR, now=NOW)

    await counter.say(_signal(visit, ONE, BOX))

    assert (await counter.hear("refused"))["code"] == "signed_out"
    assert await counter.hear_close() == 4403
    assert await kiosk.is_quiet()


async def test_a_closed_account_is_shut_out_of_the_socket_that_it_holds(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, counter = await _together(committed, lines)
    close = sync_to_async(close_account)
    await close(user=committed.agent.user, actor=OPERATOR, now=NOW)

    await counter.say(_signal(visit, ONE, BOX))

    assert (await counter.hear("refused"))["code"] == "signed_out"
    assert await counter.hear_close() == 4403
    assert await kiosk.is_quiet()


async def test_a_counter_that_is_open_at_the_hand_over_is_told_and_closed(
    committed: World, lines: Lines
) -> None:
    visit, kiosk, counter = await _together(committed, lines)
    colleague = await sync_to_async(another_agent)(committed, is_open=False)
    appointment = await sync_to_async(Visit.objects.values_list("appointment", flat=True).get)(
        public_id=visit
    )

    chosen = {appointment: colleague}
    await sync_to_async(take_over)(chosen=chosen, actor=OPERATOR, now=timezone.now())

    told = await counter.hear("refused")
    assert (told["code"], told["about"]) == ("handed_over", visit)
    assert told["message"] == HANDED_OVER
    assert await counter.hear_close() == 4403
    # The kiosk's new agenda may come before or after it.
    heard = {message["type"]: message for message in (await kiosk.hear(), await kiosk.hear())}
    assert heard["peer"]["instance"] is None
    assert heard["agenda"]["entries"][0]["agent"] == colleague.label
    seat = await (await lines.counter(visit, TWO, user=colleague.user)).hear("seat_taken")
    assert seat["agent"] == colleague.label


async def test_a_counter_stays_open_when_another_visit_is_handed_over(
    committed: World, lines: Lines
) -> None:
    _, _, counter = await _together(committed, lines)
    colleague = await sync_to_async(another_agent)(committed, is_open=False)
    later = timezone.now() + timedelta(hours=2)
    other = await sync_to_async(committed.book)(later, now=timezone.now(), off_grid=True)

    chosen = {other.appointment_id: colleague}
    await sync_to_async(take_over)(chosen=chosen, actor=OPERATOR, now=timezone.now())

    await counter.say({"type": "time_asked", "sent": 3.0})
    assert (await counter.hear("time_told"))["sent"] == 3.0
