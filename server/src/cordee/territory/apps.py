"""The Django application `territory`."""

from __future__ import annotations

from django.apps import AppConfig


class TerritoryConfig(AppConfig):
    """Where Django finds `territory`."""

    name = "cordee.territory"
    default_auto_field = "django.db.models.BigAutoField"
