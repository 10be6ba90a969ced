"""The Django application `accounts`."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Where Django finds `accounts`."""

    name = "cordee.accounts"
    default_auto_field = "django.db.models.BigAutoField"
