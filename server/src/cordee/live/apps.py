"""The Django application `live`."""

from __future__ import annotations

from django.apps import AppConfig


class LiveConfig(AppConfig):
    """Where Django finds `live`."""

    name = "cordee.live"
    default_auto_field = "django.db.models.BigAutoField"
