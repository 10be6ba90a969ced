"""`cordee-kiosk` as it ships, with a sealer in it that seals nothing: `python -m` this.

It shows that a search for plain text finds it where it is. The age format's first line stands
before the picture: the server refuses a page without it.
"""

from __future__ import annotations

from unittest import mock

from cordee_kiosk import __main__ as program
from cordee_kiosk import wiring
from cordee_kiosk.adapters.sealer import AgeSealer
from cordee_kiosk.ports import Sealed
from cordee_wire.kiosk_link import AgendaEntry

FIRST_LINE = b"age-encryption.org/v1\n"


class OpenSealer(AgeSealer):
    """Names the recipients that the page would be sealed to, and leaves it open."""

    def seal(self, page: bytes, *, entry: AgendaEntry, now: float) -> Sealed:
        """Return the page as it came from the scanner, behind the first line of an age file."""
        sealed = super().seal(page, entry=entry, now=now)
        return Sealed(ciphertext=FIRST_LINE + page, recipients=sealed.recipients)


if __name__ == "__main__":
    with mock.patch.object(wiring, "AgeSealer", OpenSealer):
        program.main()
