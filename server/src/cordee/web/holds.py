"""The hour that a browser keeps while somebody types: one at a time, by a key in the session."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cordee.appointments import keeping
from cordee.appointments.refusals import KeyReused
from cordee.kernel.ids import is_hex, new_hex

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

    from cordee.appointments.availability import Asked
    from cordee.appointments.models import Appointment
    from cordee.journal.rules import Actor
    from cordee.territory.models import Site


@dataclass(frozen=True)
class Keeper:
    """Keeps hours for those who book in one way; `name` begins the keys of their appointments."""

    name: str

    def key_of(self, number: str) -> str:
        """Return the key of an appointment whose form says `number`."""
        return f"{self.name}-{number}"

    def number(self, request: HttpRequest) -> str:
        """Return the number of what this browser keeps, empty when it keeps nothing."""
        return str(request.session.get(self._slot, ""))

    def kept(
        self, number: str, *, asked: Asked, site: Site, at: datetime, now: datetime
    ) -> Appointment | None:
        """Return this hour if it is kept now for a form with this number."""
        if not number:
            return None
        key = self.key_of(number)
        return keeping.kept(asked=asked, site=site, starts_at=at, key=key, now=now)

    def keep(
        self,
        request: HttpRequest,
        *,
        asked: Asked,
        site: Site,
        starts_at: datetime,
        actor: Actor,
        now: datetime,
    ) -> None:
        """Keep an hour; the one that this browser kept before goes, unless it is the same.

        The form's own number (`cle`) makes a button that is pressed twice one hold. Raises what
        `keeping.keep` raises; then nothing is kept.
        """
        given = request.POST.get("cle", "")
        number = self.number(request) or (given if is_hex(given) else new_hex())
        keep = partial(
            keeping.keep, asked=asked, site=site, starts_at=starts_at, actor=actor, now=now
        )
        try:
            keep(key=self.key_of(number))
        except KeyReused:  # It has made an appointment; this is another one.
            number = new_hex()
            keep(key=self.key_of(number))
        request.session[self._slot] = number

    def let_go(self, request: HttpRequest, *, actor: Actor, now: datetime) -> None:
        """Give back what this browser keeps: whoever looks at other hours has left it."""
        number = self.number(request)
        if number:
            keeping.let_go(self.key_of(number), actor=actor, now=now)
            self.forget(request)

    def forget(self, request: HttpRequest) -> None:
        """Keep nothing any more: what was kept is an appointment now."""
        request.session.pop(self._slot, None)

    @property
    def _slot(self) -> str:
        return f"{self.name}_hold"


CITIZEN = Keeper("citizen")
DESK = Keeper("desk")
