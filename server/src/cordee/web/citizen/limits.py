"""How often one address may ask: counted for all processes together, answered in plain words.

Codes that are wrong are counted for an address and a code together: whoever tries a code again and
again is stopped, and nobody else in the same library. One address alone is only slowed down.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone

from cordee.accounts import tallies
from cordee.kernel.ids import plain_code

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from cordee.territory.models import Site


@dataclass(frozen=True)
class Limit:
    """At most `most` times in each stretch of `per_s` seconds, over all processes.

    What is asked for very often is written down `step` at a time: each process counts on its own
    in between, so that `most` may be passed by `step` for each of them.
    """

    name: str
    most: int
    per_s: int
    step: int = 1

    def is_reached(self, whose: str, now: datetime) -> bool:
        """Return whether nothing is left in this stretch."""
        return tallies.total(self._name(whose), ends_at=self.ends_at(now)) >= self.most

    def count(self, whose: str, now: datetime) -> bool:
        """Count one; return whether it was still within the limit."""
        if self.step == 1:
            return self._add(whose, 1, now) <= self.most
        here = self._count_here(whose, now)
        known = f"{self._key(whose, now)}:all"
        if here % self.step == 0:
            cache.set(known, self._add(whose, self.step, now), timeout=self.per_s)
        return max(here, int(cache.get(known, 0))) <= self.most

    def ends_at(self, now: datetime) -> datetime:
        """Return when the stretch ends in which `now` lies."""
        return datetime.fromtimestamp((now.timestamp() // self.per_s + 1) * self.per_s, UTC)

    def left_s(self, now: datetime) -> int:
        """Return how many seconds are left of this stretch, at least one."""
        return max(1, round((self.ends_at(now) - now).total_seconds()))

    def _add(self, whose: str, count: int, now: datetime) -> int:
        return tallies.add(self._name(whose), count=count, ends_at=self.ends_at(now), now=now)

    def _count_here(self, whose: str, now: datetime) -> int:
        key = self._key(whose, now)
        cache.add(key, 0, timeout=self.per_s)
        try:
            return int(cache.incr(key))
        except ValueError:  # It has just run out, or was put out of a full cache.
            cache.set(key, 1, timeout=self.per_s)
            return 1

    def _name(self, whose: str) -> str:
        return f"{self.name}\n{whose}"

    def _key(self, whose: str, now: datetime) -> str:
        return f"limit:{self.name}:{whose}:{int(now.timestamp()) // self.per_s}"


LOOKS = Limit("looks", 240, 60, step=16)
"""Pages that search. A whole village may share one address, but nobody reads four a second."""
BOOKINGS = Limit("bookings", 60, 3600)
"""Hours asked for."""
HOLDS_OF_A_DAY = Limit("holds_of_a_day", 3, 300)
"""Hours of one day at one place that one address keeps while typing: never a whole day."""
HOLDS = Limit("holds", 12, 300)
"""Hours that one address keeps while typing, as long as a hold lasts."""
WRONG_FOR_CODE = Limit("wrong_for_code", 10, 3600)
"""Wrong names for one code, from one address."""
WRONG_CODES = Limit("wrong_codes", 30, 60)
"""Wrong codes or names from one address: a program is slowed down, a library hardly."""

CALENDAR_READS = Limit("calendar_reads", 10, 600)
"""Readings of one agent's own calendar that the agent asks for: each waits for another server."""


def of_code(request: HttpRequest, code: str) -> str:
    """Return whom to count for a code that was typed: the address and the code together."""
    return f"{address_of(request)}\n{plain_code(code)[:12]}"


def address_of(request: HttpRequest) -> str:
    """Return whom to count: the address, or the /64 of a household that has IPv6."""
    text = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def may_keep(request: HttpRequest, site: Site, starts_at: datetime, now: datetime) -> bool:
    """Count an hour to be kept; return whether the address may keep it.

    Who may not books as before, without an hour kept: a village behind one address is not shut out.
    """
    whose = address_of(request)
    day = f"{whose}\n{site.pk}\n{timezone.localdate(starts_at)}"
    return HOLDS_OF_A_DAY.count(day, now) and HOLDS.count(whose, now)


def limited(limit: Limit) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Answer 429 in plain words once an address has asked for the view too often."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, **kwargs: str) -> HttpResponse:
            now = timezone.now()
            if not limit.count(address_of(request), now):
                return too_often(request, limit, now)
            return view(request, **kwargs)

        return counted

    return around


def too_often(request: HttpRequest, limit: Limit, now: datetime) -> HttpResponse:
    """Say that it was too often, and when to come back: in words and as `Retry-After`."""
    left_s = limit.left_s(now)
    context = {"minutes": -(-left_s // 60), "is_code": limit is WRONG_FOR_CODE}
    response = render(request, "web/citizen/too_often.html", context, status=429)
    response.headers["Retry-After"] = str(left_s)
    return response
