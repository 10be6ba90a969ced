"""What the address of a citizen's page says, and the addresses that go on from it.

Everything chosen so far travels in the address: a page can be reloaded, sent on, opened twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from cordee.appointments.availability import Asked, GuestWish
from cordee.appointments.hours import comes_twice, local_hour
from cordee.appointments.refusals import ReasonClosed, ReasonNotHere
from cordee.appointments.rules import GuestKind
from cordee.directory import queries as directory
from cordee.kernel.ids import is_hex
from cordee.kernel.refusal import Refusal
from cordee.territory import queries as territory

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from django.http import QueryDict

    from cordee.directory.models import Agent, Reason
    from cordee.territory.models import Commune, Site

NEAREST, WITHIN_30, EARLIEST = "proches", "30-minutes", "plus-tot"
WAYS = (NEAREST, WITHIN_30, EARLIEST)
_HOUR = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})([+-]\d{2}:\d{2})?")
HOUR_LENGTH = len("2026-10-25T02:30+01:00")
_INSEE_CODE = re.compile(r"[0-9AB]{5}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_SPEECH = re.compile(r"(?:interprete-)?[a-z]{2,3}")
INTERPRETED = "interprete-"
"""What stands before the language in an address when an interpreter is to sit in."""


class HourUnreadable(Refusal):
    """What stands in the address is no hour: choose one of those shown."""

    code = "hour_unreadable"
    message = "Choisissez une heure dans la liste."


@dataclass(frozen=True)
class Asking:
    """What was chosen so far; None or empty: not yet, or nothing that there is.

    `speech` is a language (ISO 639) that the agent speaks, or, after `interprete-`, that of an
    interpreter who sits in. `is_wheelchair_needed`: only places with such access. `again` is the
    public id of the visit after which the same agent is wanted, `agent` that agent; who may name
    it is for `booking` to say: `read` leaves `agent` empty.
    """

    reason: Reason | None = None
    commune: Commune | None = None
    site: Site | None = None
    way: str = NEAREST
    hour: str = ""
    speech: str = ""
    is_wheelchair_needed: bool = False
    again: str = ""
    agent: Agent | None = None

    @property
    def chosen_reason(self) -> Reason:
        """The reason. Raises ReasonClosed when none was chosen."""
        if self.reason is None:
            raise ReasonClosed
        return self.reason

    @property
    def chosen_site(self) -> Site:
        """The site. Raises ReasonNotHere when none was chosen."""
        if self.site is None:
            raise ReasonNotHere
        return self.site

    @property
    def spoken(self) -> str:
        """The language that the agent has to speak; empty: any."""
        return "" if self.speech.startswith(INTERPRETED) else self.speech

    @property
    def interpreted(self) -> str:
        """The language of the interpreter who sits in; empty: nobody does."""
        return self.speech.removeprefix(INTERPRETED) if not self.spoken else ""

    @property
    def guests(self) -> tuple[GuestWish, ...]:
        """Who else sits in."""
        if not self.interpreted:
            return ()
        return (GuestWish(GuestKind.INTERPRETER, language=self.interpreted),)

    @property
    def asked(self) -> Asked:
        """What the engine looks for. Raises ReasonClosed when no reason was chosen."""
        return Asked(
            reason=self.chosen_reason, agent=self.agent, language=self.spoken, guests=self.guests
        )

    @property
    def fields(self) -> dict[str, str]:
        """What the address, or a form's hidden fields, say."""
        said = {
            "motif": str(self.reason.pk) if self.reason else "",
            "commune": self.commune.insee_code if self.commune else "",
            "tri": "" if self.way == NEAREST else self.way,
            "lieu": str(self.site.pk) if self.site else "",
            "langue": self.speech,
            "fauteuil": "1" if self.is_wheelchair_needed else "",
            "avec": self.again,
            "heure": self.hour,
        }
        return {name: value for name, value in said.items() if value}

    def url(self, page: str, **more: str) -> str:
        """Return the address of a page with what was chosen."""
        asked = urlencode({**self.fields, **more}, safe=":")
        return f"{reverse(page)}?{asked}" if asked else reverse(page)

    def but(self, **changes: object) -> Asking:
        """Return the same with something else chosen."""
        return replace(self, **changes)  # type: ignore[arg-type]


def read(query: QueryDict) -> Asking:
    """Return what an address or a form says; what does not exist (any more) is left out."""
    reason = number(query.get("motif", ""))
    site = number(query.get("lieu", ""))
    way, code = query.get("tri", ""), query.get("commune", "")
    speech, again = query.get("langue", ""), query.get("avec", "")
    return Asking(
        reason=directory.open_reason(reason) if reason is not None else None,
        commune=territory.commune_by_code(code) if _INSEE_CODE.fullmatch(code) else None,
        site=territory.site_by_id(site) if site is not None else None,
        way=way if way in WAYS else NEAREST,
        hour=query.get("heure", "")[:HOUR_LENGTH],
        speech=speech if _SPEECH.fullmatch(speech) else "",
        is_wheelchair_needed=query.get("fauteuil", "") == "1",
        again=again if is_hex(again) else "",
    )


def speech_of(*, spoken: str, interpreted: str) -> str:
    """Return a wish for a language as `Asking.speech` says it; empty: no wish."""
    return spoken or (f"{INTERPRETED}{interpreted}" if interpreted else "")


def number(text: str) -> int | None:
    """Return a key that an address names, or None."""
    return int(text) if _NUMBER.fullmatch(text) else None


def day_asked(text: str) -> date | None:
    """Return a day that an address names, or None."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant(text: str) -> datetime:
    """Return the instant of a local hour, as `2026-12-08T10:30`.

    Of an hour that the clocks show twice it is the first, unless the offset from UTC follows:
    `2026-10-25T02:30+01:00`. Raises HourUnreadable, or HourMissing for an hour that the clocks
    jump over.
    """
    found = _HOUR.fullmatch(text)
    try:
        if found is None:
            raise HourUnreadable
        if found[3]:
            return datetime.fromisoformat(text).astimezone(UTC)
        day, hour = date.fromisoformat(found[1]), time.fromisoformat(found[2])
        return local_hour(day, hour, _zone()).at
    except (ValueError, OverflowError) as error:
        raise HourUnreadable from error


def written(at: datetime) -> str:
    """Return an instant as an address says it: the local hour, of two with its offset."""
    local = timezone.localtime(at)
    if comes_twice(local):
        return local.isoformat(timespec="minutes")
    return f"{local:%Y-%m-%dT%H:%M}"


def start_of(day: date) -> datetime:
    """Return the first instant of a day. Raises HourUnreadable for a day outside the calendar."""
    try:
        return timezone.make_aware(datetime.combine(day, time.min))
    except (ValueError, OverflowError) as error:
        raise HourUnreadable from error


def _zone() -> ZoneInfo:
    return timezone.get_current_timezone()
