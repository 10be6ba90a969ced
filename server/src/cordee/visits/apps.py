"""The Django application `visits`."""

from __future__ import annotations

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Where Django finds `visits`."""

    name = "cordee.visits"
    default_auto_field = "django.db.models.BigAutoField"
