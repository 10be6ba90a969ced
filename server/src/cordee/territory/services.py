"""Opening territories, communes and sites; their hours and closures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction

from cordee.accounts.rules import Role
from cordee.journal.services import record
from cordee.kernel.cells import WeeklyRule
from cordee.kernel.period import Period
from cordee.kernel.refusal import Refusal, raise_first
from cordee.territory.models import (
    Commune,
    Posting,
    Site,
    SiteClosure,
    SiteHours,
    Territory,
    TravelTime,
)
from cordee.territory.rules import (
    ALTITUDES_M,
    SCHOOL_ZONES,
    TURNOVER_LIMIT_MIN,
    is_on_earth,
    overlapping,
)

if TYPE_CHECKING:
    from datetime import datetime

    from cordee.accounts.models import User
    from cordee.journal.rules import Actor


class NotAHost(Refusal):
    """Only hosts are posted at sites."""

    code = "not_a_host"
    message = "Seul un compte d’accueil se rattache à un lieu."


class HoursOverlap(Refusal):
    """Two stretches of the same weekday lie over each other. The person joins or parts them."""

    code = "hours_overlap"
    message = "Deux plages du même jour se chevauchent. Réunissez-les ou séparez-les."


class ClosureOver(Refusal):
    """A closure that has already ended would change nothing."""

    code = "closure_over"
    message = "Cette fermeture est déjà finie. Donnez une fin à venir."


class Misplaced(Refusal):
    """Half a position, or one that is not on earth."""

    code = "misplaced"
    message = "Donnez latitude et longitude en degrés, par exemple 44,6595 et 6,6492."


class TurnoverTooLong(Refusal):
    """No room is aired for half a day."""

    code = "turnover_too_long"
    message = "Le temps entre deux visites va de 0 à 240 minutes."


class NoSuchSchoolZone(Refusal):
    """Schools know three zones."""

    code = "no_such_school_zone"
    message = "La zone des vacances scolaires est A, B ou C, ou vide."


class SiteChanges(TypedDict, total=False):
    """What can be changed of a site, named as its fields; what is not given stays."""

    phone: str
    room: str
    address: str
    latitude: float | None
    longitude: float | None
    access_note: str
    is_wheelchair_accessible: bool
    has_confidential_room: bool
    turnover_min: int
    closes_on_public_holidays: bool
    closes_in_school_holidays: bool
    relay_only: bool


class CommuneChanges(TypedDict, total=False):
    """What can be known of a commune besides its name; what is not given stays."""

    name: str
    population: int | None
    latitude: float | None
    longitude: float | None
    altitude_m: int | None


@transaction.atomic
def open_territory(*, code: str, name: str, actor: Actor, now: datetime) -> Territory:
    """Return the territory with this code, made when it is new."""
    territory, is_new = Territory.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        record(
            at=now, actor=actor, verb="opened", object_kind="territory", object_id=territory.code
        )
    return territory


@transaction.atomic
def set_school_zone(*, territory: Territory, zone: str, actor: Actor, now: datetime) -> bool:
    """Say which school holidays count here; return whether that changed anything.

    `zone` is A, B, C or empty. Raises NoSuchSchoolZone.
    """
    if zone not in SCHOOL_ZONES:
        raise NoSuchSchoolZone
    if territory.school_zone == zone:
        return False
    territory.school_zone = zone
    territory.save(update_fields=["school_zone"])
    record(
        at=now,
        actor=actor,
        verb="school_zone_set",
        object_kind="territory",
        object_id=territory.code,
        detail={"zone": zone},
    )
    return True


@transaction.atomic
def add_commune(
    *, territory: Territory, insee_code: str, name: str, actor: Actor, now: datetime
) -> Commune:
    """Return the commune with this code, made when it is new."""
    commune, is_new = Commune.objects.get_or_create(
        insee_code=insee_code, defaults={"territory": territory, "name": name}
    )
    if is_new:
        record(at=now, actor=actor, verb="added", object_kind="commune", object_id=insee_code)
    return commune


@transaction.atomic
def describe_commune(
    *, commune: Commune, actor: Actor, now: datetime, **changes: Unpack[CommuneChanges]
) -> bool:
    """Write down what is known of a commune; return whether that changed anything.

    Raises Misplaced; then nothing is written.
    """
    changed = _changed(commune, changes)
    raise_first(faults_of_commune(commune))
    if changed:
        commune.save(update_fields=changed)
        record(
            at=now,
            actor=actor,
            verb="described",
            object_kind="commune",
            object_id=commune.insee_code,
            detail={"fields": ",".join(changed)[:200]},
        )
    return bool(changed)


@transaction.atomic
def open_site(
    *,
    commune: Commune,
    name: str,
    phone: str,
    room: str = "",
    relay_only: bool = False,
    actor: Actor,
    now: datetime,
) -> Site:
    """Return the site with this name in the commune, made when it is new."""
    site, is_new = Site.objects.get_or_create(
        commune=commune,
        name=name,
        defaults={"phone": phone, "room": room, "relay_only": relay_only},
    )
    if is_new:
        record(at=now, actor=actor, verb="opened", object_kind="site", object_id=str(site.pk))
    return site


@transaction.atomic
def describe_site(
    *, site: Site, actor: Actor, now: datetime, **changes: Unpack[SiteChanges]
) -> list[str]:
    """Change what is known of a site and how it is run; return the fields that changed.

    Raises Misplaced or TurnoverTooLong; then nothing is written.
    """
    changed = _changed(site, changes)
    raise_first(faults_of_site(site))
    if changed:
        site.save(update_fields=changed)
        record(
            at=now,
            actor=actor,
            verb="described",
            object_kind="site",
            object_id=str(site.pk),
            detail={"fields": ",".join(changed)[:200]},
        )
    return changed


@transaction.atomic
def set_hours(*, site: Site, rules: Sequence[WeeklyRule], actor: Actor, now: datetime) -> bool:
    """Replace the site's weekly hours; return whether that changed anything.

    No rule at all: the site is never open. Appointments that then lie outside are dealt with above
    (`appointments`: the cascade). Raises HoursOverlap.
    """
    if overlapping(rules):
        raise HoursOverlap
    _lock(site)
    if set(rules) == {hours.rule() for hours in SiteHours.objects.filter(site=site)}:
        return False
    SiteHours.objects.filter(site=site).delete()
    SiteHours.objects.bulk_create(SiteHours.following(rule, site=site) for rule in rules)
    record(
        at=now,
        actor=actor,
        verb="hours_set",
        object_kind="site",
        object_id=str(site.pk),
        detail={"rules": len(rules)},
    )
    return True


@transaction.atomic
def close_site(
    *, site: Site, period: Period, note: str = "", actor: Actor, now: datetime
) -> SiteClosure:
    """Close the site for a while although its hours say otherwise.

    `note` is for the desk and the public. The same closure twice is one. Appointments within are
    dealt with above (`appointments`: the cascade). Raises ClosureOver.
    """
    if period.end <= now:
        raise ClosureOver
    _lock(site)
    closure, is_new = SiteClosure.objects.get_or_create(
        site=site, starts_at=period.start, ends_at=period.end, defaults={"note": note}
    )
    if is_new:
        _record_closure("closed", closure, actor, now)
    return closure


@transaction.atomic
def reopen_site(*, closure: SiteClosure, actor: Actor, now: datetime) -> None:
    """Take a closure back. Twice changes nothing."""
    ended, _ = SiteClosure.objects.filter(pk=closure.pk).delete()
    if ended:
        _record_closure("reopened", closure, actor, now)


@transaction.atomic
def set_travel_times(
    *, commune: Commune, minutes: dict[int, int], actor: Actor, now: datetime
) -> bool:
    """Replace what the table says of the journeys from a commune: minutes by the site's id.

    Return whether that changed anything.
    """
    _lock(commune)
    rows = TravelTime.objects.filter(commune=commune)
    if dict(rows.values_list("site_id", "minutes")) == minutes:
        return False
    rows.delete()
    TravelTime.objects.bulk_create(
        TravelTime(commune=commune, site_id=site, minutes=each) for site, each in minutes.items()
    )
    record(
        at=now,
        actor=actor,
        verb="travel_times_set",
        object_kind="commune",
        object_id=commune.insee_code,
        detail={"sites": len(minutes)},
    )
    return True


@transaction.atomic
def post_host(*, user: User, site: Site, actor: Actor, now: datetime) -> None:
    """Let a host see and book for a site. Posting twice changes nothing. Raises NotAHost."""
    if user.role != Role.HOST:
        raise NotAHost
    _, is_new = Posting.objects.get_or_create(user=user, site=site)
    if is_new:
        _record_posting("host_posted", user, site, actor, now)


@transaction.atomic
def recall_host(*, user: User, site: Site, actor: Actor, now: datetime) -> None:
    """End a posting: the host no longer sees the site. Recalling twice changes nothing."""
    ended, _ = Posting.objects.filter(user=user, site=site).delete()
    if ended:
        _record_posting("host_recalled", user, site, actor, now)


def faults_of_site(site: Site) -> dict[str, Refusal]:
    """Return all that `describe_site` refuses of a site, by field, the first raised first."""
    faults = _position_faults(site)
    if not 0 <= site.turnover_min <= TURNOVER_LIMIT_MIN:
        faults["turnover_min"] = TurnoverTooLong()
    return faults


def faults_of_commune(commune: Commune) -> dict[str, Refusal]:
    """Return all that `describe_commune` refuses of a commune, by field, the first raised first."""
    faults = _position_faults(commune)
    if commune.altitude_m is not None and commune.altitude_m not in ALTITUDES_M:
        faults["altitude_m"] = Misplaced("L’altitude se compte en mètres, au plus 4 810.")
    return faults


def _record_posting(verb: str, user: User, site: Site, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="site",
        object_id=str(site.pk),
        detail={"user": str(user.pk)},
    )


def _record_closure(verb: str, closure: SiteClosure, actor: Actor, now: datetime) -> None:
    record(
        at=now,
        actor=actor,
        verb=verb,
        object_kind="site",
        object_id=str(closure.site_id),
        detail={
            "starts_at": closure.starts_at.isoformat(),
            "ends_at": closure.ends_at.isoformat(),
        },
    )


def _lock(row: Site | Commune) -> None:
    """Let changes of what hangs on this row follow each other: two at once would be added up."""
    type(row).objects.select_for_update().get(pk=row.pk)


def _changed(row: Site | Commune, changes: SiteChanges | CommuneChanges) -> list[str]:
    """Set what differs, and return the names of those fields in order."""
    changed = sorted(name for name, value in changes.items() if getattr(row, name) != value)
    for name in changed:
        setattr(row, name, changes.get(name))
    return changed


def _position_faults(row: Site | Commune) -> dict[str, Refusal]:
    latitude, longitude = row.latitude, row.longitude
    if latitude is None and longitude is None:
        return {}
    if latitude is None or longitude is None or not is_on_earth(latitude, longitude):
        return {"latitude": Misplaced()}
    return {}
