"""Kiosks that a demonstration can book before any box stands there."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cordee.fleet.services import add_kiosk, enrol, issue_code
from cordee.journal.rules import OPERATOR as CONSOLE
from cordee.kernel.signing import public_key_of

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.fleet.models import Kiosk
    from cordee.territory.models import Site

KEY_BYTES = 32


def enrolled_kiosk(*, site: Site, name: str, now: datetime) -> Kiosk:
    """Return a new kiosk, enrolled with a key that nobody keeps.

    Only an enrolled kiosk can be booked. A real box takes its place with a code, like any that is
    replaced.
    """
    kiosk = add_kiosk(site=site, name=name, actor=CONSOLE, now=now)
    code, _ = issue_code(kiosk=kiosk, actor=CONSOLE, now=now)
    return enrol(code=code, public_key=public_key_of(secrets.token_bytes(KEY_BYTES)), now=now)
