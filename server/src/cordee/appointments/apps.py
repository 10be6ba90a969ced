"""The Django application `appointments`."""

from __future__ import annotations

from django.apps import AppConfig


class AppointmentsConfig(AppConfig):
    """Where Django finds `appointments`."""

    name = "cordee.appointments"
    default_auto_field = "django.db.models.BigAutoField"
