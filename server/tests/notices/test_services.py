from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction

from cordee.notices import queries, services
from cordee.notices.models import Notice
from cordee.notices.rules import BACK_OFF_MIN, LEASE_S, Channel, NoticeState, Quiet

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 12, 8, 8, tzinfo=UTC)


def write(key: str = "appointment 1 confirmed", **changes: object) -> Notice:
    given: dict[str, object] = {
        "key": key,
        "subject_kind": "appointment",
        "subject_id": "1",
        "channel": Channel.EMAIL,
        "to": "elodie@exemple.fr",
        "text": "À demain.",
        "due_at": NOW,
        "now": NOW,
    }
    return services.write(**(given | changes))  # type: ignore[arg-type]


def test_the_same_key_is_the_same_notice() -> None:
    assert write() == write(text="Autre chose.")
    assert Notice.objects.get().text == "À demain."


@pytest.mark.django_db(transaction=True)
def test_a_notice_belongs_to_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        write()
    with transaction.atomic():
        write()
    assert Notice.objects.count() == 1


def test_a_text_message_is_plain_and_fits_one() -> None:
    assert write(channel=Channel.SMS, to="+33612345678", text="Bien reçu").text == "Bien recu"
    with pytest.raises(ValueError, match="161 characters"):
        write("long", channel=Channel.SMS, text="a" * 161)


def test_a_slip_is_there_at_once() -> None:
    write(channel=Channel.SLIP, to="")

    assert services.claim(now=NOW) is None
    assert Notice.objects.get().state == NoticeState.SENT


def test_nothing_goes_before_it_is_due_nor_when_it_is_useless() -> None:
    write(due_at=NOW + timedelta(hours=1), useless_at=NOW + timedelta(hours=2))

    assert services.claim(now=NOW) is None
    assert services.claim(now=NOW + timedelta(hours=2)) is None
    assert (Notice.objects.get().state, Notice.objects.get().trouble) == ("failed", "too_late")
    assert queries.failed_about("appointment") == list(Notice.objects.all())


def test_a_claimed_notice_is_nobody_elses_until_the_lease_is_over() -> None:
    write()
    first = services.claim(now=NOW)

    assert first is not None
    assert services.claim(now=NOW + timedelta(seconds=LEASE_S - 1)) is None
    again = services.claim(now=NOW + timedelta(seconds=LEASE_S))
    assert again is not None
    assert (again.pk, again.attempts) == (first.pk, 2)


def test_a_slow_worker_does_not_undo_what_another_did_since() -> None:
    write()
    slow = services.claim(now=NOW)
    later = NOW + timedelta(seconds=LEASE_S)
    quick = services.claim(now=later)
    assert slow is not None
    assert quick is not None
    services.sent(notice=quick, now=later)
    services.failed(notice=slow, trouble="mail_down", is_final=False, now=later)

    assert Notice.objects.get().state == NoticeState.SENT


def test_a_failure_is_tried_again_until_it_is_final() -> None:
    write()
    notice = services.claim(now=NOW)
    assert notice is not None
    services.failed(notice=notice, trouble="mail_down", is_final=False, now=NOW)
    notice.refresh_from_db()
    assert (notice.state, notice.next_at) == ("waiting", NOW + timedelta(minutes=1))

    services.failed(notice=notice, trouble="address_refused", is_final=True, now=NOW)
    notice.refresh_from_db()
    assert (notice.state, notice.trouble) == ("failed", "address_refused")


def test_what_is_taken_back_does_not_go() -> None:
    write("appointment 1 reminded 48h")
    write("appointment 1 confirmed")
    write("appointment 2 reminded 48h", subject_id="2")

    assert services.drop(subject_kind="appointment", subject_id="1", keys_with="reminded") == 1
    assert [notice.state for notice in queries.about("appointment", "1")] == ["dropped", "waiting"]
    assert queries.about("appointment", "2")[0].state == "waiting"


def test_old_notices_that_are_over_are_removed() -> None:
    write("open")
    write("over", channel=Channel.SLIP)

    assert services.purge(now=NOW + timedelta(days=29)) == 0
    assert services.purge(now=NOW + timedelta(days=31)) == 1
    assert [notice.key for notice in Notice.objects.all()] == ["open"]


PARIS = ZoneInfo("Europe/Paris")
EVENING = datetime(2026, 12, 8, 19, 30, tzinfo=PARIS)
MORNING = datetime(2026, 12, 9, 8, tzinfo=PARIS)
TEN = datetime(2026, 12, 9, 10, tzinfo=PARIS)


def _text(**changes: object) -> Notice:
    given: dict[str, object] = {
        "channel": Channel.SMS,
        "to": "+33612345678",
        "due_at": EVENING,
        "useless_at": TEN,
        "quiet": Quiet(PARIS, TEN),
    }
    return write(**(given | changes))  # type: ignore[arg-type]


def test_a_text_that_fails_in_the_evening_is_not_tried_at_night() -> None:
    _text()
    now = EVENING
    while (claimed := services.claim(now=now)) is not None:
        services.failed(notice=claimed, trouble="sms_down", is_final=False, now=now)
        now = Notice.objects.get().next_at
        hour = now.astimezone(PARIS).hour
        assert 8 <= hour < 20
        if now >= MORNING:
            break
    assert now == MORNING
    assert Notice.objects.get().attempts == 4
    assert services.claim(now=MORNING) is not None


def test_a_worker_that_starts_at_night_puts_off_what_is_due() -> None:
    _text()
    write("mail", due_at=EVENING)
    night = EVENING + timedelta(hours=7)

    claimed = services.claim(now=night)

    assert claimed is not None
    assert claimed.key == "mail"
    services.sent(notice=claimed, now=night)
    assert services.claim(now=night) is None
    assert Notice.objects.get(channel="sms").next_at == MORNING
    assert services.claim(now=MORNING - timedelta(seconds=1)) is None
    text = services.claim(now=MORNING)
    assert text is not None
    assert text.attempts == 1


def test_a_text_whose_worker_died_in_the_evening_waits_for_the_morning_too() -> None:
    _text()
    assert services.claim(now=EVENING + timedelta(minutes=29)) is not None

    assert services.claim(now=EVENING + timedelta(minutes=32)) is None
    assert services.claim(now=MORNING) is not None


def test_a_text_for_which_the_morning_is_too_late_goes_at_night() -> None:
    eight = MORNING
    _text(useless_at=eight, quiet=Quiet(PARIS, eight))
    night = EVENING + timedelta(hours=3)
    claimed = services.claim(now=night)
    assert claimed is not None

    services.failed(notice=claimed, trouble="sms_down", is_final=False, now=night)

    assert Notice.objects.get().next_at == night + timedelta(minutes=BACK_OFF_MIN[0])


def test_who_waits_for_the_answer_gets_it_at_night_and_later_in_the_morning() -> None:
    night = EVENING + timedelta(hours=3)
    _text(due_at=night, quiet=Quiet(PARIS, TEN, awake_until=night + timedelta(minutes=30)))
    claimed = services.claim(now=night)
    assert claimed is not None

    services.failed(notice=claimed, trouble="sms_down", is_final=False, now=night)

    assert Notice.objects.get().next_at == night + timedelta(minutes=1)
    assert services.claim(now=night + timedelta(minutes=30)) is None
    assert Notice.objects.get().next_at == MORNING


@pytest.mark.parametrize("is_final", [False, True])
def test_what_is_dropped_on_its_way_and_fails_does_not_go_later(*, is_final: bool) -> None:
    write()
    going = services.claim(now=NOW)
    assert going is not None

    assert services.drop(subject_kind="appointment", subject_id="1") == 1
    services.failed(notice=going, trouble="mail_down", is_final=is_final, now=NOW)

    assert Notice.objects.get().state == NoticeState.DROPPED
    assert services.claim(now=NOW + timedelta(days=1)) is None
    assert queries.failed_about("appointment") == []


def test_what_is_dropped_on_its_way_and_arrives_was_sent() -> None:
    write()
    going = services.claim(now=NOW)
    assert going is not None
    services.drop(subject_kind="appointment", subject_id="1")

    services.sent(notice=going, now=NOW)

    assert Notice.objects.get().state == NoticeState.SENT


def test_what_is_dropped_on_its_way_is_not_sent_again_when_its_worker_died() -> None:
    write()
    assert services.claim(now=NOW) is not None
    services.drop(subject_kind="appointment", subject_id="1")

    assert services.claim(now=NOW + timedelta(seconds=LEASE_S)) is None
    assert Notice.objects.get().state == NoticeState.DROPPED
