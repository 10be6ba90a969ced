from __future__ import annotations

from datetime import timedelta

import pytest
from factories import NOW, World, new_private_key

from cordee.fleet import services as fleet
from cordee.fleet.models import EnrolmentCode, Kiosk, KioskOutage
from cordee.fleet.queries import known_kiosk, outages_of
from cordee.fleet.rules import CODE_LASTS
from cordee.journal.queries import entries_about
from cordee.journal.rules import OPERATOR
from cordee.kernel.signing import public_key_of


def _code(world: World) -> str:
    return fleet.issue_code(kiosk=world.box.kiosk, actor=OPERATOR, now=NOW)[0]


def _key() -> str:
    return public_key_of(new_private_key())


def test_the_holder_of_the_code_becomes_the_kiosk(world: World) -> None:
    key = _key()

    kiosk = fleet.enrol(code=_code(world).lower(), public_key=key, now=NOW)

    assert kiosk == world.box.kiosk
    assert known_kiosk(kiosk.public_id) == kiosk
    assert Kiosk.objects.get(pk=kiosk.pk).public_key == key


def test_an_unknown_code_is_refused(world: World) -> None:
    with pytest.raises(fleet.CodeWrong):
        fleet.enrol(code="AAAA-BBBB-CCCC", public_key=_key(), now=NOW)


def test_a_code_works_once(world: World) -> None:
    code, first = _code(world), _key()
    fleet.enrol(code=code, public_key=first, now=NOW)

    with pytest.raises(fleet.CodeUsed):
        fleet.enrol(code=code, public_key=_key(), now=NOW)
    assert Kiosk.objects.get(pk=world.box.kiosk.pk).public_key == first


def test_a_code_lasts_fifteen_minutes(world: World) -> None:
    code = _code(world)

    with pytest.raises(fleet.CodeExpired):
        fleet.enrol(code=code, public_key=_key(), now=NOW + CODE_LASTS)
    late = NOW + CODE_LASTS - timedelta(seconds=1)
    assert fleet.enrol(code=code, public_key=_key(), now=late).pk


def test_a_new_code_ends_the_older_ones(world: World) -> None:
    older = _code(world)
    _code(world)

    with pytest.raises(fleet.CodeExpired):
        fleet.enrol(code=older, public_key=_key(), now=NOW)


def test_a_key_that_is_none_does_not_use_the_code_up(world: World) -> None:
    code = _code(world)

    with pytest.raises(fleet.KioskKeyMalformed):
        fleet.enrol(code=code, public_key="nonsense", now=NOW)
    assert fleet.enrol(code=code, public_key=_key(), now=NOW).pk


def test_the_code_itself_is_nowhere_in_the_database(world: World) -> None:
    code = _code(world)

    assert code.replace("-", "") not in str(list(EnrolmentCode.objects.values()))


def test_a_revoked_kiosk_is_unknown_until_it_is_enrolled_again(world: World) -> None:
    fleet.revoke(kiosk=world.box.kiosk, actor=OPERATOR, now=NOW)
    assert known_kiosk(world.box.kiosk.public_id) is None

    fleet.enrol(code=_code(world), public_key=_key(), now=NOW)
    assert known_kiosk(world.box.kiosk.public_id) is not None


def test_an_older_link_does_not_declare_the_kiosk_gone(world: World) -> None:
    for link in ("old", "new"):
        fleet.connect(kiosk=world.box.kiosk, link=link, boot="b", version="1", now=NOW)

    fleet.disconnect(kiosk=world.box.kiosk, link="old", now=NOW)
    assert Kiosk.objects.get(pk=world.box.kiosk.pk).link == "new"
    fleet.disconnect(kiosk=world.box.kiosk, link="new", now=NOW)
    assert Kiosk.objects.get(pk=world.box.kiosk.pk).link == ""


def test_a_server_that_starts_writes_down_that_nobody_is_connected_yet(world: World) -> None:
    kiosk = world.box.kiosk
    fleet.connect(kiosk=kiosk, link="l", boot="b", version="1", now=NOW)

    for _ in range(2):
        fleet.forget_links(now=NOW)

    assert Kiosk.objects.get(pk=kiosk.pk).connected_at is None
    entries = entries_about("kiosk", kiosk.public_id)
    gone = [entry.detail for entry in entries if entry.verb == "kiosk_disconnected"]
    assert gone == [{"why": "server_started"}]


def test_a_sign_of_life_is_written_at_most_every_twenty_seconds(world: World) -> None:
    kiosk = world.box.kiosk
    fleet.connect(kiosk=kiosk, link="l", boot="b", version="1", now=NOW)

    fleet.note_sign_of_life(kiosk=kiosk, now=NOW + timedelta(seconds=5))
    assert Kiosk.objects.get(pk=kiosk.pk).last_seen_at == NOW
    fleet.note_sign_of_life(kiosk=kiosk, now=NOW + timedelta(seconds=25))
    assert Kiosk.objects.get(pk=kiosk.pk).last_seen_at == NOW + timedelta(seconds=25)


def test_two_kiosks_cannot_share_a_name(world: World) -> None:
    with pytest.raises(fleet.KioskNameTaken):
        fleet.add_kiosk(
            site=world.box.kiosk.site, name=world.box.kiosk.name, actor=OPERATOR, now=NOW
        )


def test_a_code_given_before_a_kiosk_was_revoked_enrols_no_more(world: World) -> None:
    kiosk = world.box.kiosk
    code, _ = fleet.issue_code(kiosk=kiosk, actor=OPERATOR, now=NOW)
    key = public_key_of(new_private_key())

    fleet.revoke(kiosk=kiosk, actor=OPERATOR, now=NOW)

    with pytest.raises(fleet.CodeExpired):
        fleet.enrol(code=code, public_key=key, now=NOW)
    assert not Kiosk.objects.enrolled().filter(pk=kiosk.pk).exists()
    again, _ = fleet.issue_code(kiosk=kiosk, actor=OPERATOR, now=NOW)
    fleet.enrol(code=again, public_key=key, now=NOW)
    assert Kiosk.objects.enrolled().filter(pk=kiosk.pk).exists()


def test_a_kiosk_is_out_of_service_once_and_each_change_is_in_the_journal(world: World) -> None:
    kiosk = world.box.kiosk
    end = NOW + timedelta(hours=3)
    for ends_at in (None, None, end, end):
        outage = fleet.put_out_of_service(kiosk=kiosk, ends_at=ends_at, actor=OPERATOR, now=NOW)
    assert KioskOutage.objects.get() == outage
    assert outages_of([kiosk], now=NOW) == {kiosk.pk: outage}
    assert outages_of([kiosk], now=end) == {}
    for _ in range(2):
        fleet.put_back(outage=outage, actor=OPERATOR, now=NOW)
    verbs = [entry.verb for entry in entries_about("kiosk", kiosk.public_id)]
    out, back = "kiosk_out_of_service", "kiosk_back_in_service"
    assert [verb for verb in verbs if verb in {out, back}] == [out, out, back]


def test_an_outage_that_is_over_is_refused(world: World) -> None:
    with pytest.raises(fleet.KioskOutageOver):
        fleet.put_out_of_service(kiosk=world.box.kiosk, ends_at=NOW, actor=OPERATOR, now=NOW)
