"""A local date and time as an instant: what the change of the clocks makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from cordee.kernel.refusal import Refusal


class HourMissing(Refusal):
    """The clocks jump over this hour: choose another."""

    code = "hour_missing"
    message = (
        "Cette heure n’existe pas ce jour-là : on passe à l’heure d’été. Choisissez-en une autre."
    )


@dataclass(frozen=True)
class LocalHour:
    """An instant (UTC). `comes_twice`: the clocks show it twice that night; this is the first."""

    at: datetime
    comes_twice: bool


def local_hour(day: date, hour: time, zone: ZoneInfo) -> LocalHour:
    """Return the instant at which clocks in `zone` show `hour` on `day`; of two, the first.

    Raises HourMissing when they never do (2027-03-28 at 2:30 in Paris).
    """
    first = datetime.combine(day, hour.replace(fold=0), zone)
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) != first.replace(tzinfo=None):
        raise HourMissing
    second = first.replace(fold=1)
    return LocalHour(at, comes_twice=second.utcoffset() != first.utcoffset())


def comes_twice(local: datetime) -> bool:
    """Return whether the clocks show this hour twice; `local` is an instant in their zone."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def told_apart(local: datetime, said: str) -> str:
    """Return an hour as `said`, with which of two it is when the clocks show it twice."""
    if not comes_twice(local):
        return said
    return (_("%(hour)s (heure d’été)") if local.dst() else _("%(hour)s (heure d’hiver)")) % {
        "hour": said
    }
