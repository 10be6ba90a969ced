"""Mail by a provider's HTTP interface, with an answer in the place of the network."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import timezone
from pytest_django import Settings

from cordee.config.mail import PROVIDERS, mail
from cordee.notices.gateways import Mail, Undeliverable
from cordee.notices.models import Notice

OPTIONS = {"api_url": "https://api.exemple.fr/", "project_id": "p"}
WAY = Mail("Cordée <cordee@exemple.fr>", "exemple.fr")


def _use(settings: Settings, name: str) -> None:
    asked = PROVIDERS[name]
    keys = ":".join(f"key{number}" for number in range(len(asked.secrets)))
    query = "&".join(f"{key}={OPTIONS[key]}" for key in sorted(asked.needed))
    found = mail(f"anymail+{name.replace('_', '-')}://{keys}@?{query}")
    settings.EMAIL_BACKEND, settings.ANYMAIL = found.backend, found.anymail


def _notice() -> Notice:
    now = timezone.now()
    return Notice(
        key="appointment 1 confirmed citizen",
        channel="email",
        to="elodie@exemple.fr",
        title="Votre rendez-vous",
        text="Rendez-vous demain à 10 h.",
        calendar="BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        due_at=now,
    )


def _answer(monkeypatch: pytest.MonkeyPatch, status: int, body: object) -> list[dict[str, Any]]:
    """Let each request end with this answer; return what is asked."""
    asked: list[dict[str, Any]] = []

    def request(_line: requests.Session, **given: Any) -> requests.Response:
        asked.append(given)
        response = requests.Response()
        response.status_code = status
        response._content = json.dumps(body).encode()
        return response

    monkeypatch.setattr(requests.Session, "request", request)
    return asked


def test_a_mail_goes_to_the_provider_with_its_key(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    _use(settings, "brevo")
    asked = _answer(monkeypatch, 201, {"messageId": "<1@brevo.example>"})

    WAY.send(_notice())

    (one,) = asked
    assert one["url"] == "https://api.brevo.com/v3/smtp/email"
    assert one["headers"]["api-key"] == "key0"
    sent = json.loads(one["data"])
    assert sent["to"] == [{"email": "elodie@exemple.fr"}]
    assert sent["attachment"][0]["name"] == "rendez-vous.ics"


@pytest.mark.parametrize(
    ("status", "trouble", "is_final"),
    [
        (401, "mail_401", True),
        (400, "mail_400", True),
        (429, "mail_429", False),
        (503, "mail_503", False),
    ],
)
def test_what_the_provider_refuses_is_tried_again_when_that_may_help(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    status: int,
    trouble: str,
    *,
    is_final: bool,
) -> None:
    _use(settings, "brevo")
    _answer(monkeypatch, status, {"code": "no"})

    with pytest.raises(Undeliverable) as refused:
        WAY.send(_notice())

    assert (refused.value.trouble, refused.value.is_final) == (trouble, is_final)


def test_a_provider_that_is_not_there_is_asked_again(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    _use(settings, "brevo")

    def request(_line: requests.Session, **_given: Any) -> requests.Response:
        raise requests.ConnectionError("no line")

    monkeypatch.setattr(requests.Session, "request", request)

    with pytest.raises(Undeliverable) as refused:
        WAY.send(_notice())

    assert (refused.value.trouble, refused.value.is_final) == ("mail_down", False)


def test_an_address_that_the_provider_rejects_is_final(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    _use(settings, "mandrill")
    _answer(monkeypatch, 200, [{"email": "elodie@exemple.fr", "status": "rejected", "_id": "1"}])

    with pytest.raises(Undeliverable) as refused:
        WAY.send(_notice())

    assert (refused.value.trouble, refused.value.is_final) == ("address_refused", True)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_every_provider_can_write_our_mail(
    name: str, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    _use(settings, name)
    written: list[EmailMultiAlternatives] = []

    def keep(mail: EmailMultiAlternatives) -> None:
        written.append(mail)

    with monkeypatch.context() as patched:
        patched.setattr(EmailMultiAlternatives, "send", keep)
        WAY.send(_notice())
    made: Any = get_connection()

    payload = made.build_message_payload(written[0], made.send_defaults)

    asked = payload.get_request_params(made.api_url)
    assert asked["url"].startswith("https://")
    assert asked["method"] == "POST"
