"""What `cordee check --deploy` refuses: settings that are good on a developer's machine only.

Django's own check warns, in its own words; these unsafe ones are errors, so the command fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.checks import Warning as Advice
from django.http.request import validate_host

SHORTEST_SECRET = 50
SHORTEST_KEY = 16
FEWEST_CHARACTERS = 5


def check(app_configs: Sequence[object] | None, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's signature
    """Return what is wrong, in words for who installs the server.

    An unsafe setting is an error, which the command fails with; one that leaves people untold is a
    warning.
    """
    found = [
        ("E001", settings.DEBUG, "CORDEE_DEBUG est à 1 : les pages d’erreur montrent tout."),
        ("E002", _is_weak(settings.SECRET_KEY), "CORDEE_SECRET_KEY est trop courte ou devinable."),
        (
            "E003",
            not settings.PUBLIC_URL.startswith("https://"),
            "CORDEE_PUBLIC_URL doit commencer par https:// : sinon les mots de passe se lisent.",
        ),
        (
            "E004",
            not _is_own(settings.PUBLIC_URL, settings.ALLOWED_HOSTS),
            "CORDEE_HOSTS doit nommer le nom de CORDEE_PUBLIC_URL, et jamais « * ».",
        ),
        (
            "E005",
            bool(settings.TURN_URLS) and not settings.TURN_SECRET,
            "CORDEE_TURN_SECRET manque : le relais refusera tous les appels.",
        ),
        (
            "E006",
            bool(settings.SMS_URL) and not settings.SMS_SECRET,
            "CORDEE_SMS_SECRET manque : la passerelle de SMS ne saura pas que c’est vous.",
        ),
        (
            "E007",
            any(len(key) < SHORTEST_KEY for key in settings.MAIL_KEYS),
            "CORDEE_MAIL_URL : la clé du service de courriel est trop courte pour en être une.",
        ),
        (
            "E008",
            bool(settings.MAIL_KEYS) and settings.MAIL_DOMAIN == "localhost",
            "CORDEE_MAIL_FROM manque : un service de courriel refuse un expéditeur inconnu.",
        ),
    ]
    advised = [
        (
            "W001",
            not settings.MAIL_URL,
            "CORDEE_MAIL_URL manque : personne ne reçoit de courriel, l’accueil doit téléphoner.",
        ),
        (
            "W002",
            not settings.SMS_URL,
            "CORDEE_SMS_URL manque : personne ne reçoit de SMS, l’accueil doit téléphoner.",
        ),
        (
            "W003",
            bool(missing := _missing_ways(settings.TURN_URLS)),
            "CORDEE_TURN_URLS ne mène pas partout : ajoutez " + ", ".join(missing) + ".",
        ),
    ]
    return [
        *(Error(words, id=f"cordee.{number}") for number, is_bad, words in found if is_bad),
        *(Advice(words, id=f"cordee.{number}") for number, is_bad, words in advised if is_bad),
    ]


def _missing_ways(urls: list[str]) -> list[str]:
    """Return the ways to the relay that its addresses lack; none when there is no relay.

    What one wall bars another lets through: UDP, TCP, TLS on the port of the web.
    """
    if not urls:
        return []
    found = {_way_of(url) for url in urls}
    ways = ("turn:…?transport=udp", "turn:…?transport=tcp", "turns:…:443?transport=tcp")
    return [way for way in ways if way not in found]


def _way_of(url: str) -> str:
    place, _, query = url.partition("?")
    if place.startswith("turns:"):
        return "turns:…:443?transport=tcp" if place.endswith(":443") and "udp" not in query else ""
    return "turn:…?transport=tcp" if "tcp" in query else "turn:…?transport=udp"


def _is_weak(secret: str) -> bool:
    return len(secret) < SHORTEST_SECRET or len(set(secret)) < FEWEST_CHARACTERS


def _is_own(public_url: str, hosts: list[str]) -> bool:
    host = urlsplit(public_url).hostname
    return host is not None and "*" not in hosts and validate_host(host, hosts)
