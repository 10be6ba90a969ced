"""Passwords at the console: typed, or read from another program."""

from __future__ import annotations

import getpass
import sys

from django.core.management.base import CommandError


def password_asked() -> str:
    """Return the password typed at the terminal, or the line that another program gives.

    Never an argument: whoever can list this machine's processes reads those.
    """
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Mot de passe : ")
    if getpass.getpass("Encore une fois : ") != password:
        raise CommandError("Les deux mots de passe diffèrent : recommencez.")
    return password
