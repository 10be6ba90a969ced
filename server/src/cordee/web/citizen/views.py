"""The first page: what Cordée is, and where to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from cordee.accounts.permissions import PUBLIC, permits
from cordee.territory import queries as territory

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@permits(PUBLIC)
@gzip_page
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Say what Cordée is, and list the places that receive people."""
    return render(request, "web/landing.html", {"sites": territory.sites()})
