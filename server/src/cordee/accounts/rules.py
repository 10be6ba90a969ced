"""What an account may be."""

from __future__ import annotations

import secrets
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a person does with Cordée (DESIGN section 1)."""

    HOST = "host"
    AGENT = "agent"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    DIRECTOR = "director"
    SECURITY = "security"


ROLE_LABELS = {
    Role.HOST: "Accueil",
    Role.AGENT: "Conseil",
    Role.MANAGER: "Responsable d’administration",
    Role.TECHNICIAN: "Technique",
    Role.DIRECTOR: "Direction",
    Role.SECURITY: "Sécurité",
}


_MADE_BYTES = 12

LOCK_OUT_LASTS = timedelta(minutes=15)
"""How long an account that was tried too often stays shut to where it was tried from."""


def normal_email(text: str) -> str:
    """Return the address as accounts are found by: trimmed, lower case."""
    return text.strip().lower()


def password_made() -> str:
    """Return a new password that nobody guesses: 96 random bits in 16 signs."""
    return secrets.token_urlsafe(_MADE_BYTES)
