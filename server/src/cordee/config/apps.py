"""The settings as an application: it checks them."""

from django.apps import AppConfig
from django.core import checks


class ConfigConfig(AppConfig):
    """Has no table; registers the deploy check."""

    name = "cordee.config"

    def ready(self) -> None:
        """Let `cordee check --deploy` look at the settings."""
        from cordee.config.deploy_check import check  # noqa: PLC0415 - settings exist only now

        checks.register(check, checks.Tags.security, deploy=True)
