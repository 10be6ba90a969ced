"""Keys and certificates: what is well formed, what a root signs."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from cordee.kernel import base64url, signing
from cordee_wire.signed import Certificate, CertificateBody, certificate_payload

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_LANGUAGE = re.compile(r"[a-z]{2}")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)
_NAME = r"[^\W\d][\w-]*"
_PART = rf"(?:[#.]{_NAME}|\[{_NAME}(?:[*^$~]?=\"[^\"\\\n]*\")?\])"
_ONE = rf"(?:{_NAME}{_PART}*|{_PART}+)"
_NO_LINE = re.compile(r"(?:textarea|select|option)\b", re.IGNORECASE)
_SELECTOR = re.compile(rf"{_ONE}(?:(?: | > ){_ONE})*")
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


BLIND_RULES_LIMIT = 20
BLIND_RULE_LIMIT = 200


class KeyState(StrEnum):
    """The life of an agent's key."""

    PENDING = "pending"
    CERTIFIED = "certified"
    REVOKED = "revoked"


EXPIRED = "expired"
"""What a certified key is called once its certificate has ended; never stored."""

RENEW_BEFORE = timedelta(days=30)
"""So long before its end a certificate is offered to the root again."""

INTERPRETER_SKILL = "interprète"
"""The skill by which an interpreter is found among all partners' agents."""

_INTERPRETERS = {
    unicodedata.normalize("NFKD", INTERPRETER_SKILL),
    INTERPRETER_SKILL.replace("è", "e"),
}


def is_skilled(skills: Collection[str], *, skill: str) -> bool:
    """Return whether an agent of these skills receives for a reason that asks for `skill`.

    Empty: it asks for none. An interpreter receives nobody: they sit in beside who does.
    """
    return INTERPRETER_SKILL not in skills and (not skill or skill in skills)


def is_interpreters(skill: str) -> bool:
    """Return whether this is the interpreters' own skill, however it is written."""
    plain = unicodedata.normalize("NFKD", skill.strip().casefold())
    return plain in _INTERPRETERS


def is_renewal_due(expires_at: datetime | None, *, now: datetime) -> bool:
    """Return whether a certificate that ends at `expires_at` is to be renewed now."""
    return expires_at is not None and expires_at - now <= RENEW_BEFORE


def is_recipient(text: str) -> bool:
    """Return whether `text` looks like an age X25519 recipient (bech32, `age1…`)."""
    return _RECIPIENT.fullmatch(text) is not None


def make_certificate(body: CertificateBody, *, root_private_key: bytes) -> Certificate:
    """Return the certificate that the partner's root makes of `body`."""
    text = base64url.encode(msgspec.json.encode(body))
    signature = signing.sign(private_key=root_private_key, payload=certificate_payload(text))
    return Certificate(body=text, signature=signature)


def read_certificate(certificate: Certificate, *, root_public_key: str) -> CertificateBody | None:
    """Return what the certificate says, or None when this root did not sign it."""
    if not signing.is_signed(
        public_key=root_public_key,
        signature=certificate.signature,
        payload=certificate_payload(certificate.body),
    ):
        return None
    try:
        return msgspec.json.decode(base64url.decode(certificate.body), type=CertificateBody)
    except (ValueError, msgspec.MsgspecError):
        return None


def hosts_of(start_url: str, hosts: Iterable[str]) -> list[str]:
    """Return the allow-list of a visit: the partner's hosts, and the start address's own."""
    own = urlsplit(start_url).netloc
    return sorted({*hosts, *([own] if own else [])})


def is_declared(url: str, *, start_url: str, hosts: Iterable[str]) -> bool:
    """Return whether an `https://` address lies on the partner's own host or on a declared one."""
    declared = {host.strip().lower() for host in hosts_of(start_url, hosts)}
    named = urlsplit(url).netloc.lower()
    return not declared.isdisjoint({named, named.removesuffix(":443")})


def is_blind_rule(line: str) -> bool:
    """Return whether `line` is a host, a space, and a plain CSS selector.

    Plain: names, ids, classes and attributes, one inside or directly inside another. What a kiosk
    could not read would hide nothing, so that nothing else is taken; nor what names a field of
    several lines or a list, which the citizen's keyboard does not fill in.
    """
    host, _, selector = line.partition(" ")
    is_short = len(line) <= BLIND_RULE_LIMIT
    is_written = is_short and bool(_HOST.fullmatch(host)) and bool(_SELECTOR.fullmatch(selector))
    return is_written and not _NO_LINE.match(selector.rpartition(" ")[2])


def is_language(code: str) -> bool:
    """Return whether `code` has the form of ISO 639-1: two small letters."""
    return _LANGUAGE.fullmatch(code) is not None


def is_web_address(url: str, *, is_https_needed: bool = False) -> bool:
    """Return whether `url` is `https://` (or `http://`) with a host and no name or password."""
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0 and parts.username is None
    except ValueError:
        return False
    schemes = {"https"} if is_https_needed else {"https", "http"}
    return bool(named) and parts.scheme in schemes


_TROUBLES = {
    "bad_address": "L’adresse n’est pas une adresse https://.",
    "unknown_host": "Ce serveur n’existe pas ; vérifiez l’adresse.",
    "private_address": "L’adresse mène à un réseau privé : il faut une adresse publique.",
    "unreachable": "Le serveur de l’agenda ne répond pas.",
    "untrusted_certificate": "Le certificat du serveur de l’agenda n’est pas valable.",
    "too_slow": "L’agenda met plus de dix secondes à venir ou à se lire.",
    "too_big": "L’agenda dépasse 2 Mo.",
    "too_many_redirects": "L’adresse renvoie trop de fois vers une autre.",
    "too_many_events": "L’agenda a trop d’événements.",
    "not_a_calendar": "Ce qui vient de cette adresse n’est pas un agenda iCal.",
}


STILL_BLOCKED = "Les heures lues la dernière fois restent bloquées."


def calendar_trouble_text(trouble: str) -> str:
    """Return what to say to an agent whose calendar was not read, empty when it was."""
    if not trouble:
        return ""
    return f"{calendar_trouble_sentence(trouble)} {STILL_BLOCKED}"


def calendar_trouble_sentence(trouble: str) -> str:
    """Return why a calendar was not read, in one sentence."""
    return _TROUBLES.get(trouble, "Le serveur de l’agenda a mal répondu.")
