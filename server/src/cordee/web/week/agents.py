"""Whose pages these are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404

from cordee.directory import queries as directory

if TYPE_CHECKING:
    from django.http import HttpRequest

    from cordee.directory.models import Agent


def agent_here(request: HttpRequest) -> Agent:
    """Return the signed-in agent; an account that receives nobody has no such page."""
    agent = directory.agent_of(request.user.pk)
    if agent is None:
        raise Http404
    return agent
