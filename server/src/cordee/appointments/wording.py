"""Hours, places and short messages as people say them, in the language that is active.

Callers stand in `translation.override(language)`; sentences are French in the code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.dateformat import format as write
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cordee.appointments.hours import told_apart
from cordee.appointments.models import WaitingEntry
from cordee.kernel.ids import plain_code
from cordee.notices.rules import SMS_LENGTH, plain_sms, sms_length
from cordee.territory.models import Site

MANAGE_PATH = "rdv/"
"""Where the citizen's page is, below CORDEE_PUBLIC_URL; the code follows."""
NAME_LETTERS = 20
"""As much of a name as leaves room for the rest in one text message."""
SPACE = "\u00a0"


def spoken(language: str) -> translation.override:
    """Return the context in which sentences are in this language, French when we lack it."""
    known = dict(settings.LANGUAGES)
    return translation.override(language if language in known else settings.LANGUAGE_CODE)


def zone_of(site: Site) -> ZoneInfo:
    """Return the zone whose clocks the people of a site read."""
    return ZoneInfo(site.commune.territory.time_zone)


def zone_of_entry(entry: WaitingEntry) -> ZoneInfo:
    """Return the zone of the site that someone waits for, or of their commune; ours if neither."""
    commune = entry.site.commune if entry.site is not None else entry.commune
    return ZoneInfo(settings.TIME_ZONE if commune is None else commune.territory.time_zone)


def said_hour(instant: datetime, site: Site) -> str:
    """Say "10 h 30" or "10 h" in French, "10:30" elsewhere; the spaces do not break.

    Of an hour that the clocks show twice, summer or winter time is said too.
    """
    local = instant.astimezone(zone_of(site))
    if not _in_french():
        return told_apart(local, f"{local.hour}:{local:%M}")
    whole = f"{local.hour}{SPACE}h"
    return told_apart(local, whole if local.minute == 0 else f"{whole}{SPACE}{local:%M}")


def said_day(instant: datetime, site: Site) -> str:
    """Say "mardi 8 décembre 2026" or "Tuesday 8 December 2026"."""
    local = instant.astimezone(zone_of(site))
    if _in_french():
        return write(local, "l jS F Y" if local.day == 1 else "l j F Y").replace("1st", "1er")
    return write(local, "l j F Y")


def said_when(instant: datetime, site: Site) -> str:
    """Say "mardi 8 décembre 2026 à 10 h 30"."""
    return _("%(day)s à %(hour)s") % {
        "day": said_day(instant, site),
        "hour": said_hour(instant, site),
    }


def short_when(instant: datetime, site: Site) -> str:
    """Say "mar. 8 déc. à 10 h 30", for a text message."""
    local = instant.astimezone(zone_of(site))
    if _in_french():
        number = "1er" if local.day == 1 else str(local.day)
        day = f"{write(local, 'D')}. {number} {write(local, 'N')}"
    else:
        day = write(local, "D j N").replace(".", "")
    return _("%(day)s à %(hour)s") % {"day": day, "hour": said_hour(instant, site)}


def said_place(site: Site) -> str:
    """Say the site with its commune, which is not said twice."""
    commune = site.commune.name
    return site.name if commune in site.name else f"{site.name}, {commune}"


def said_code(code: str | None) -> str:
    """Return a code in groups of four, to be read aloud."""
    plain = plain_code(code or "")
    return " ".join(plain[start : start + 4] for start in range(0, len(plain), 4))


def address(path: str, code: str | None) -> str:
    """Return the address of a citizen's page, or nothing when the server has no public one."""
    return f"{settings.PUBLIC_URL}/{path}{code}" if settings.PUBLIC_URL and code else ""


def short_name(name: str) -> str:
    """Return as much of a name as a text message has room for, by whole words where they fit."""
    if _letters(name) <= NAME_LETTERS:
        return name
    cut = name
    while _letters(cut) > NAME_LETTERS:
        cut = cut[:-1]
    is_between_words = name[len(cut)] == " "
    return cut if is_between_words else cut.rsplit(" ", 1)[0]


def one_sms(text: Callable[[str, str], str], site: Site, ends: Sequence[str]) -> str:
    """Return `text(place, end)` in one message of 160: as much place and end as fit.

    The first of `ends` that fits at all is taken; the last is short, and with it the place is cut.
    """
    places = (said_place(site), site.name, site.commune.name)
    for end in ends:
        for place in places:
            tried = text(place, end)
            if _letters(tried) <= SMS_LENGTH:
                return tried
    end = ends[-1]
    over = _letters(text(site.commune.name, end)) - SMS_LENGTH
    return text(site.commune.name[: max(0, len(site.commune.name) - over)].rstrip(), end)


def _letters(text: str) -> int:
    return sms_length(plain_sms(text))


def _in_french() -> bool:
    return (get_language() or "fr").startswith("fr")
