"""The ways out: mail by Django's back-end, text messages by a signed HTTP gateway or the console.

A gateway raises Undeliverable when the hand-over failed. Each gets the notice's key, so that the
same message handed over twice is delivered once.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import httpx
import structlog
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives

from cordee.notices.models import Notice

_log = structlog.get_logger(__name__)
TAKEN = range(200, 300)
SENSELESS = frozenset({400, 401, 403, 404, 410, 413, 422})
"""Answers of a gateway after which asking again changes nothing."""


class Undeliverable(Exception):
    """The next hop did not take the message. `is_final`: and never will."""

    def __init__(self, trouble: str, *, is_final: bool) -> None:
        """Keep the reason in one word."""
        super().__init__(trouble)
        self.trouble = trouble
        self.is_final = is_final


class Gateway(Protocol):
    """Takes one notice out."""

    def send(self, notice: Notice) -> None:
        """Hand it over. Raises Undeliverable."""


@dataclass(frozen=True)
class Mail:
    """Django's mail back-end. `domain` makes the Message-ID, which is the same at every attempt.

    A provider that is reached by HTTP may give the mail another one.
    """

    sender: str
    domain: str

    def send(self, notice: Notice) -> None:
        """Hand a mail over, with its calendar entry when there is one."""
        identity = hashlib.sha256(notice.key.encode()).hexdigest()[:40]
        mail = EmailMultiAlternatives(
            notice.title,
            notice.text,
            self.sender,
            [notice.to],
            headers={
                "Message-ID": f"<{identity}@{self.domain}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        if notice.calendar:
            mail.attach("rendez-vous.ics", notice.calendar, "text/calendar; charset=utf-8")
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            is_final = all(500 <= code < 600 for code in codes)  # noqa: PLR2004 - SMTP, RFC 5321
            raise Undeliverable("address_refused", is_final=is_final) from error
        except AnymailRecipientsRefused as error:
            raise Undeliverable("address_refused", is_final=True) from error
        except AnymailAPIError as error:
            is_final = error.status_code in SENSELESS
            trouble = f"mail_{error.status_code}" if error.status_code else "mail_down"
            raise Undeliverable(trouble, is_final=is_final) from error
        except AnymailError as error:
            raise Undeliverable("mail_refused", is_final=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Undeliverable("mail_down", is_final=False) from error


@dataclass(frozen=True)
class HttpSms:
    """A gateway that takes `{"key", "to", "text"}` as JSON by POST.

    The header `X-Cordee-Signature` is `t=UNIX,v1=HEX`: HMAC-SHA256 with the shared secret over
    `UNIX.BODY`. `Idempotency-Key` is the notice's key.
    """

    url: str
    secret: str
    clock: Callable[[], float] = time.time
    timeout_s: float = 10

    def send(self, notice: Notice) -> None:
        """Hand a text message over."""
        body = json.dumps(
            {"key": notice.key, "to": notice.to, "text": notice.text}, ensure_ascii=False
        ).encode()
        at = str(int(self.clock()))
        mac = hmac.new(self.secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": notice.key,
            "X-Cordee-Signature": f"t={at},v1={mac}",
        }
        try:
            answer = self._line.post(self.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Undeliverable("sms_down", is_final=False) from error
        if answer.status_code not in TAKEN:
            is_final = answer.status_code in SENSELESS
            raise Undeliverable(f"sms_{answer.status_code}", is_final=is_final)

    @cached_property
    def _line(self) -> httpx.Client:
        """Kept for all messages: reading the trusted authorities takes longer than a POST."""
        return httpx.Client(timeout=self.timeout_s)


@dataclass(frozen=True)
class ConsoleSms:
    """Writes text messages into the log, for a demo."""

    def send(self, notice: Notice) -> None:
        """Log it."""
        _log.info("sms", key=notice.key, to=notice.to, text=notice.text)
