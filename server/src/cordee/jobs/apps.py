"""The Django application `jobs`."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Where Django finds `jobs`."""

    name = "cordee.jobs"
    default_auto_field = "django.db.models.BigAutoField"
