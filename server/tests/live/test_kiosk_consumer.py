from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from factories import NOW, World, new_private_key
from live.conftest import Lines
from live.sockets import Socket, hello

from cordee.fleet import services as fleet
from cordee.fleet.models import Kiosk
from cordee.journal.rules import OPERATOR
from cordee.kernel.signing import public_key_of
from cordee.visits.models import AppliedFact, Visit
from cordee.visits.services import cancel
from cordee_wire.message import LINK_LIMIT_BYTES

pytestmark = pytest.mark.asyncio

ONE, TWO = "1" * 32, "2" * 32


def _fact(visit: str, seq: int, kind: str = "woken") -> dict[str, Any]:
    return {"type": "fact", "visit": visit, "boot": "boot", "seq": seq, "kind": kind, "at": 1.0}


async def test_a_known_kiosk_is_welcomed_with_its_agenda(committed: World, lines: Lines) -> None:
    visit = await sync_to_async(committed.book_soon)()

    await lines.kiosk()

    assert lines.welcome["site"] == "Maison de la vallée"
    assert lines.welcome["phone"] == "04 65 71 00 12"
    assert [entry["visit"] for entry in lines.welcome["agenda"]] == [visit.public_id]


async def test_presence_is_written_down_and_ends_with_the_link(
    committed: World, lines: Lines
) -> None:
    socket = await lines.kiosk()
    assert (await Kiosk.objects.aget(pk=committed.box.kiosk.pk)).link

    await socket.close()
    lines.opened.remove(socket)
    kiosk = await Kiosk.objects.aget(pk=committed.box.kiosk.pk)
    assert (kiosk.link, kiosk.connected_at) == ("", None)
    assert kiosk.last_seen_at is not None


async def test_presence_is_what_was_heard_of_the_kiosk_and_no_more(
    committed: World, lines: Lines
) -> None:
    async def seen_at() -> datetime | None:
        return (await Kiosk.objects.aget(pk=committed.box.kiosk.pk)).last_seen_at

    now = datetime.now(UTC)
    with time_machine.travel(now, tick=False):
        socket = await lines.kiosk()
        assert await seen_at() == now
    later = now + timedelta(seconds=30)
    with time_machine.travel(later, tick=False):
        await socket.say({"type": "time_asked", "sent": 1.0})
        await socket.hear("time_told")
        await socket.say("{")
        await socket.hear("refused")
    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        kiosk = await Kiosk.objects.aget(pk=committed.box.kiosk.pk)
        assert kiosk.link
        assert not kiosk.is_here(datetime.now(UTC))
        await socket.close()
        lines.opened.remove(socket)

    assert await seen_at() == later


async def test_a_wrong_signature_is_refused_and_the_link_closed(
    committed: World, lines: Lines
) -> None:
    socket = await lines.bare(Socket("/ws/kiosk"))
    challenge = await socket.hear("challenge")
    committed.box.private_key = new_private_key()

    await socket.say(hello(committed.box, challenge["nonce"]))

    assert "n’est pas reconnue" in (await socket.hear("refused"))["message"]
    assert await socket.hear_close() == 4403


async def test_a_signature_made_for_another_challenge_is_worth_nothing(
    committed: World, lines: Lines
) -> None:
    socket = await lines.bare(Socket("/ws/kiosk"))
    await socket.hear("challenge")

    await socket.say(hello(committed.box, "an older nonce"))

    await socket.hear("refused")
    assert await socket.hear_close() == 4403


@pytest.mark.parametrize("name", ["", "\0", "a" * 31 + "\0", "x" * 32, "é" * 32, "1" * 60_000])
async def test_a_hello_that_names_no_kiosk_is_refused(
    committed: World, lines: Lines, name: str
) -> None:
    socket = await lines.bare(Socket("/ws/kiosk"))
    challenge = await socket.hear("challenge")

    await socket.say({**hello(committed.box, challenge["nonce"]), "kiosk": name})

    assert (await socket.hear("refused"))["code"] in {"kiosk_unknown", "malformed"}


async def test_a_revoked_kiosk_is_refused(committed: World, lines: Lines) -> None:
    await sync_to_async(fleet.revoke)(kiosk=committed.box.kiosk, actor=OPERATOR, now=NOW)
    socket = await lines.bare(Socket("/ws/kiosk"))
    challenge = await socket.hear("challenge")

    await socket.say(hello(committed.box, challenge["nonce"]))

    await socket.hear("refused")
    assert await socket.hear_close() == 4403


async def test_a_kiosk_revoked_while_it_is_connected_is_let_go(
    committed: World, lines: Lines
) -> None:
    socket = await lines.kiosk()

    await sync_to_async(fleet.revoke)(kiosk=committed.box.kiosk, actor=OPERATOR, now=NOW)

    assert (await socket.hear("refused"))["code"] == "revoked"
    assert await socket.hear_close() == 4403


async def test_a_box_replaced_by_another_enrolment_is_let_go(
    committed: World, lines: Lines
) -> None:
    socket = await lines.kiosk()

    def replace() -> None:
        code, _ = fleet.issue_code(kiosk=committed.box.kiosk, actor=OPERATOR, now=NOW)
        fleet.enrol(code=code, public_key=public_key_of(new_private_key()), now=NOW)

    await sync_to_async(replace)()

    assert (await socket.hear("refused"))["code"] == "revoked"
    assert await socket.hear_close() == 4403


async def test_nothing_is_answered_before_the_hello(committed: World, lines: Lines) -> None:
    visit = await sync_to_async(committed.book_soon)()
    socket = await lines.bare(Socket("/ws/kiosk"))
    await socket.hear("challenge")

    await socket.say(_fact(visit.public_id, 1))

    assert (await socket.hear("refused"))["code"] == "unknown"
    assert not await AppliedFact.objects.aexists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "malformed"),
        ("[]", "unknown"),
        ('{"type": "invented"}', "unknown"),
        ('{"type": "fact"}', "unknown"),
        ('{"type": "time_asked", "sent": "soon"}', "unknown"),
        (r'{"type": "joined", "visit": "\u0000", "instance": null}', "malformed"),
        ("x" * (LINK_LIMIT_BYTES + 1), "too_large"),
    ],
    ids=[
        "malformed",
        "no object",
        "unknown type",
        "fields missing",
        "wrong field",
        "nul",
        "oversized",
    ],
)
async def test_nonsense_gets_a_sentence_and_the_link_stays(
    committed: World, lines: Lines, text: str, code: str
) -> None:
    socket = await lines.kiosk()

    await socket.say(text)
    refused = await socket.hear("refused")
    await socket.say({"type": "time_asked", "sent": 7.0})

    assert refused["code"] == code
    assert refused["message"]
    assert (await socket.hear("time_told"))["sent"] == 7.0


async def test_twenty_bad_messages_close_the_link(committed: World, lines: Lines) -> None:
    socket = await lines.kiosk()

    for _ in range(20):
        await socket.say("{")
        await socket.hear("refused")

    assert await socket.hear_close() == 4400


async def test_a_fact_is_applied_once_and_confirmed_each_time(
    committed: World, lines: Lines
) -> None:
    visit = await sync_to_async(committed.book_soon)()
    socket = await lines.kiosk()

    for _ in range(2):
        await socket.say(_fact(visit.public_id, 5))
        assert (await socket.hear("fact_applied"))["seq"] == 5

    assert await AppliedFact.objects.acount() == 1
    assert (await Visit.objects.aget(pk=visit.pk)).state == "awake"


@pytest.mark.parametrize("kind", ["fact", "joined", "relayed"])
async def test_another_kiosks_visit_is_refused_by_name(
    committed: World, lines: Lines, kind: str
) -> None:
    visit = (await sync_to_async(committed.book_soon)()).public_id
    socket = await lines.kiosk(committed.other_box)
    said: dict[str, dict[str, Any]] = {
        "fact": _fact(visit, 1),
        "joined": {"type": "joined", "visit": visit, "instance": ONE},
        "relayed": {"type": "relayed", "visit": visit, "instance": ONE, "to": TWO, "signal": {}},
    }

    await socket.say(said[kind])

    refused = await socket.hear("refused")
    assert (refused["code"], refused["about"]) == ("not_yours", visit)
    assert not await AppliedFact.objects.aexists()


async def test_a_booking_and_a_cancellation_reach_the_kiosk(committed: World, lines: Lines) -> None:
    socket = await lines.kiosk()
    other = await lines.kiosk(committed.other_box)

    visit = await sync_to_async(committed.book_soon)()
    agenda = await socket.hear("agenda")
    assert [entry["visit"] for entry in agenda["entries"]] == [visit.public_id]

    await sync_to_async(cancel)(visit=visit, actor=OPERATOR, now=NOW)
    assert (await socket.hear("agenda"))["entries"] == []
    assert await other.is_quiet()


async def test_a_certificate_reaches_the_kiosk(committed: World, lines: Lines) -> None:
    key = await sync_to_async(committed.offer_keys)()
    await sync_to_async(committed.book_soon)()
    socket = await lines.kiosk()
    assert lines.welcome["agenda"][0]["certificate"] is None

    await sync_to_async(committed.certify)(key)

    [entry] = (await socket.hear("agenda"))["entries"]
    assert entry["certificate"]["signature"]


async def test_an_older_link_of_the_same_kiosk_does_not_take_its_presence_away(
    committed: World, lines: Lines
) -> None:
    older = await lines.kiosk()
    await lines.kiosk(boot="after a restart")

    await older.close()
    lines.opened.remove(older)

    assert (await Kiosk.objects.aget(pk=committed.box.kiosk.pk)).boot == "after a restart"
    assert (await Kiosk.objects.aget(pk=committed.box.kiosk.pk)).link
