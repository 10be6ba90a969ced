"""What a process that serves loads once, and keeps for as long as it lives."""

from __future__ import annotations

import gc

from django.urls import get_resolver


def settle() -> None:
    """Load every page's code, and leave all that was loaded out of every later collection.

    Else the collector goes through it again and again: every twentieth page took 0.1 s longer
    (`bench booking`).
    """
    get_resolver().url_patterns  # noqa: B018 - reading it imports all views
    gc.collect()
    gc.freeze()
