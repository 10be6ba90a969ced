from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import transaction
from notices.sink import SECRET, Sink

from cordee.notices import services
from cordee.notices.gateways import Gateway, HttpSms, Mail
from cordee.notices.models import Notice
from cordee.notices.rules import BACK_OFF_MIN, Channel
from cordee.notices.sending import send_due

NOW = datetime(2026, 12, 8, 12, tzinfo=UTC)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


def _write(key: str, *, channel: Channel = Channel.SMS, to: str = "+33612345678") -> None:
    with transaction.atomic():
        services.write(
            key=key,
            subject_kind="appointment",
            subject_id="1",
            channel=channel,
            to=to,
            title="Votre rendez-vous",
            text="Rendez-vous demain à 10 h.",
            calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" if channel is Channel.EMAIL else "",
            due_at=NOW,
            now=NOW,
        )


def _ways(sink: Sink) -> dict[Channel, Gateway]:
    return {
        Channel.SMS: HttpSms(sink.url, SECRET),
        Channel.EMAIL: Mail("Cordée <cordee@exemple.fr>", "exemple.fr"),
    }


@pytest.mark.django_db
def test_a_text_message_is_handed_over_signed_and_once(sink: Sink) -> None:
    _write("one")

    assert send_due(_ways(sink), clock=lambda: NOW) == 1
    assert send_due(_ways(sink), clock=lambda: NOW) == 0
    assert [(one.key, one.to) for one in sink.taken] == [("one", "+33612345678")]


@pytest.mark.django_db
def test_a_wrong_secret_is_final_and_seen(sink: Sink) -> None:
    _write("one")

    assert send_due({Channel.SMS: HttpSms(sink.url, "another")}, clock=lambda: NOW) == 0
    assert (Notice.objects.get().state, Notice.objects.get().trouble) == ("failed", "sms_401")


@pytest.mark.django_db
def test_a_gateway_that_is_down_is_asked_again_later(sink: Sink) -> None:
    answers = [503, 202]
    sink.answer = lambda: answers.pop(0)
    _write("one")
    send_due(_ways(sink), clock=lambda: NOW)
    assert Notice.objects.get().trouble == "sms_503"

    send_due(_ways(sink), clock=lambda: NOW + timedelta(minutes=1))
    assert Notice.objects.get().state == "sent"


@pytest.mark.django_db
def test_nobody_listening_fails_in_the_end() -> None:
    _write("one")
    now = NOW
    for minutes in (*BACK_OFF_MIN, 0):
        ways: dict[Channel, Gateway] = {
            Channel.SMS: HttpSms("http://127.0.0.1:9/sms", SECRET, timeout_s=1)
        }
        send_due(ways, clock=lambda: now)  # noqa: B023 - called at once
        now += timedelta(minutes=minutes)

    notice = Notice.objects.get()
    assert (notice.state, notice.trouble, notice.attempts) == ("failed", "sms_down", 8)


@pytest.mark.django_db
def test_a_mail_keeps_its_identity_and_brings_its_calendar(sink: Sink) -> None:
    _write("one", channel=Channel.EMAIL, to="elodie@exemple.fr")

    send_due(_ways(sink), clock=lambda: NOW)
    Notice.objects.update(state="waiting", next_at=NOW)
    send_due(_ways(sink), clock=lambda: NOW)

    first, again = mail.outbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.attachments[0][0] == "rendez-vous.ics"


@pytest.mark.django_db
def test_a_channel_without_a_way_out_is_seen_at_once(sink: Sink) -> None:
    _write("one")
    send_due({}, clock=lambda: NOW)

    assert Notice.objects.get().trouble == "no_gateway"
