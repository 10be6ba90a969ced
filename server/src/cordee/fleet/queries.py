"""Reading the kiosks."""

from __future__ import annotations

from datetime import datetime

from cordee.fleet.models import Kiosk, KioskOutage
from cordee.territory.models import Site


def kiosks() -> list[Kiosk]:
    """Return every kiosk with its site and commune, by name."""
    return list(Kiosk.objects.select_related("site__commune").order_by("name"))


def kiosks_at(site: Site) -> list[Kiosk]:
    """Return the kiosks of a site that were not revoked, by name."""
    at_site = Kiosk.objects.filter(site=site, revoked_at=None)
    return list(at_site.select_related("site__commune").order_by("name"))


def kiosk_by_id(public_id: str) -> Kiosk | None:
    """Return the kiosk with this public id, with its site and commune."""
    return Kiosk.objects.select_related("site__commune").filter(public_id=public_id).first()


def kiosk_named(name: str) -> Kiosk | None:
    """Return the kiosk with this name."""
    return Kiosk.objects.select_related("site__commune").filter(name=name).first()


def known_kiosk(public_id: str) -> Kiosk | None:
    """Return the kiosk when its key is worth something: enrolled and not revoked."""
    found = Kiosk.objects.enrolled().select_related("site__commune")
    return found.filter(public_id=public_id).first()


def outages_of(kiosks: list[Kiosk], *, now: datetime) -> dict[int, KioskOutage]:
    """Return the outage of each of these kiosks that does not work now, by the kiosk's key."""
    found = KioskOutage.objects.at(now).filter(kiosk__in=kiosks)
    return {outage.kiosk_id: outage for outage in found}
