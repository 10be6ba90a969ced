"""The Django application `journal`."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """Where Django finds `journal`."""

    name = "cordee.journal"
    default_auto_field = "django.db.models.BigAutoField"
