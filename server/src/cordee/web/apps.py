"""The pages people open in a browser."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages by audience; this application has no table."""

    name = "cordee.web"
