"""The Django application `api`."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Where Django finds `api`."""

    name = "cordee.api"
    default_auto_field = "django.db.models.BigAutoField"
