"""How often one address may ask: counted in Django's cache, answered in plain words."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.shortcuts import render
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True)
class Limit:
    """At most `most` times in each stretch of `per_s` seconds."""

    name: str
    most: int
    per_s: int

    def is_reached(self, address: str, now: datetime) -> bool:
        """Return whether nothing is left in this stretch."""
        return int(cache.get(self._key(address, now), 0)) >= self.most

    def count(self, address: str, now: datetime) -> bool:
        """Count one; return whether it was still within the limit."""
        key = self._key(address, now)
        cache.add(key, 0, timeout=self.per_s)
        try:
            return int(cache.incr(key)) <= self.most
        except ValueError:  # It has just run out, or was put out of a full cache.
            cache.set(key, 1, timeout=self.per_s)
            return True

    def _key(self, address: str, now: datetime) -> str:
        return f"limit:{self.name}:{address}:{int(now.timestamp()) // self.per_s}"


LOOKS = Limit("looks", 240, 60)
"""Pages that search. A whole village may share one address, but nobody reads four a second."""
BOOKINGS = Limit("bookings", 60, 3600)
"""Hours asked for."""
WRONG_CODES = Limit("wrong_codes", 10, 3600)
"""Codes or names that were wrong."""


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


def limited(limit: Limit) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Answer 429 in plain words once an address has asked for the view too often."""

    def around(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def counted(request: HttpRequest, **kwargs: str) -> HttpResponse:
            now = timezone.now()
            if not limit.count(address_of(request), now):
                return too_often(request, limit)
            return view(request, **kwargs)

        return counted

    return around


def too_often(request: HttpRequest, limit: Limit) -> HttpResponse:
    """Say that it was too often, and when to come back."""
    minutes = limit.per_s // 60
    context = {"minutes": minutes, "is_code": limit is WRONG_CODES}
    response = render(request, "web/citizen/too_often.html", context, status=429)
    response.headers["Retry-After"] = str(limit.per_s)
    return response
