"""The Django application `notices`."""

from __future__ import annotations

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Where Django finds `notices`."""

    name = "cordee.notices"
    default_auto_field = "django.db.models.BigAutoField"
