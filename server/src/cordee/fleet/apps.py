"""The Django application `fleet`."""

from __future__ import annotations

from django.apps import AppConfig


class FleetConfig(AppConfig):
    """Where Django finds `fleet`."""

    name = "cordee.fleet"
    default_auto_field = "django.db.models.BigAutoField"
