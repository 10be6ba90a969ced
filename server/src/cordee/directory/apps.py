"""The Django application `directory`."""

from __future__ import annotations

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    """Where Django finds `directory`."""

    name = "cordee.directory"
    default_auto_field = "django.db.models.BigAutoField"
