"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from cordee.api import health

urlpatterns = [
    path("healthz", health.healthz),
]
