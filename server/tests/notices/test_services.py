from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from cordee.notices import queries, services
from cordee.notices.models import Notice
from cordee.notices.rules import LEASE_S, Channel, NoticeState

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
    assert queries.failed_about("appointment", ["1", "2"]) == list(Notice.objects.all())


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
